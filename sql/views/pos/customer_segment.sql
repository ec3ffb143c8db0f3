-- purpose: the customer segments there are: every combination of three scores, and all customers
-- grain: one row per segment
-- reads: nothing
-- model: customer_segments
create or replace sql security invoker view customer_segment as
select
    concat('R', recency.score, 'F', frequency.score, 'M', monetary.score) as segment,
    recency.score as recency,
    frequency.score as frequency,
    monetary.score as monetary
from (select 1 as score union all select 2 union all select 3) as recency
cross join (select 1 as score union all select 2 union all select 3) as frequency
cross join (select 1 as score union all select 2 union all select 3) as monetary
union all
select 'ALL', null, null, null;

-- purpose: how many customers, orders and how much revenue each segment has
-- grain: one row per segment with customers, and one for ALL
-- reads: customer_value
-- model: customer_segments
create or replace sql security invoker view customer_segment_totals as
select
    concat('R', recency, 'F', frequency, 'M', monetary) as segment,
    count(*) as customers,
    sum(orders >= 2) as repeat_customers,
    sum(orders) as orders,
    sum(revenue) as revenue,
    min(last_placed_on) as last_order_from,
    max(last_placed_on) as last_order_to
from customer_value
group by recency, frequency, monetary
union all
select
    'ALL',
    count(*),
    coalesce(sum(orders >= 2), 0),
    coalesce(sum(orders), 0),
    coalesce(sum(revenue), 0),
    min(last_placed_on),
    max(last_placed_on)
from customer_value;

-- purpose: what currencies are worth in others, by day
-- grain: one row per pair and day
-- reads: rate
-- model: stall_rate
create or replace sql security invoker view stall_rate as
select
    rate.rate_id,
    rate.currency_from,
    rate.currency_to,
    rate.date,
    rate.rate
from rate;

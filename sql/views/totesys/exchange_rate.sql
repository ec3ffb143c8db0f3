-- purpose: what one of a currency is worth in another from a day on
-- grain: one row per two currencies and day
-- reads: currency_rate
-- model: exchange_rate
create or replace sql security invoker view exchange_rate as
select
    rate.rate_id,
    rate.currency_from,
    rate.currency_to,
    rate.date,
    rate.rate
from currency_rate as rate;

-- purpose: what one of a currency is worth in another from a day on, for tools of analysts
-- grain: one row per two currencies and day
-- reads: exchange_rate
create or replace sql security definer view bi_exchange_rates as
select
    rate.currency_from,
    rate.currency_to,
    rate.date,
    rate.rate
from exchange_rate as rate;

-- purpose: a currency with its name
-- grain: one row per currency
-- reads: currency, iso_currency
-- model: dim_currency
create or replace sql security invoker view dim_currency as
select
    currency.currency_id,
    currency.currency_code,
    iso_currency.currency_name
from currency
left join iso_currency on iso_currency.currency_code = currency.currency_code;

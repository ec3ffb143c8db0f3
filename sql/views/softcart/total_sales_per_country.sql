-- purpose: what the orders of a country amount to
-- grain: one row per country, also without orders
-- reads: dim_country, fact_orders
-- model: total_sales_per_country
-- Sub-queries that always give one row: one country reads its own orders only.
create or replace sql security invoker view total_sales_per_country as
select
    country.country_id,
    country.name,
    (
        select count(*)
        from fact_orders as fact
        where fact.country_id = country.country_id
    ) as orders,
    (
        select coalesce(sum(fact.amount), 0)
        from fact_orders as fact
        where fact.country_id = country.country_id
    ) as amount
from dim_country as country;

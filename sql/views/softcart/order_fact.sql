-- purpose: facts of the cube order_fact: the amount of an order, its day, country and category
-- grain: one row per order
-- reads: fact_orders, dim_date, dim_country, dim_category
-- model: order_fact
-- Left joins on unique keys: a question reads the dimensions that it asks for, and no others.
create or replace sql security invoker view order_fact as
select
    fact.order_id,
    fact.date_id,
    date.day as placed_on,
    fact.country_id,
    country.name as country_name,
    fact.category_id,
    category.name as category_name,
    fact.amount
from fact_orders as fact
left join dim_date as date on date.date_id = fact.date_id
left join dim_country as country on country.country_id = fact.country_id
left join dim_category as category on category.category_id = fact.category_id;

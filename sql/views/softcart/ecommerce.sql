-- purpose: facts of the cube ecommerce: what was sold on the web, when and for how much
-- grain: one row per line that was sold
-- reads: fact_ecommerce, dim_date, dim_item
-- model: ecommerce
-- Left joins on unique keys: a question reads the dimensions that it asks for, and no others.
create or replace sql security invoker view ecommerce as
select
    fact.ecommerce_id,
    fact.date_id,
    date.day as sold_on,
    item.category as category_name,
    fact.item_id,
    item.name as item_name,
    fact.price
from fact_ecommerce as fact
left join dim_date as date on date.date_id = fact.date_id
left join dim_item as item on item.item_id = fact.item_id;

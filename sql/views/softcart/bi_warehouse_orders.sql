-- purpose: orders by country and category, for tools of analysts
-- grain: one row per order
-- reads: order_fact
create or replace sql security definer view bi_warehouse_orders as
select
    fact.order_id,
    fact.placed_on,
    fact.country_name,
    fact.category_name,
    fact.amount
from order_fact as fact;

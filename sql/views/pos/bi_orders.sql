-- purpose: orders with the place of their buyers, for tools of analysts: no names or contacts
-- grain: one row per order
-- reads: order, customer, city
create or replace sql security definer view bi_orders as
select
    placed.order_id,
    placed.status,
    placed.date_placed as placed_at,
    placed.placed_on,
    placed.placed_month,
    placed.date_shipped as shipped_at,
    timestampdiff(hour, placed.date_placed, placed.date_shipped) as hours_to_ship,
    placed.customer_id,
    city.state,
    city.city,
    placed.subtotal,
    placed.sales_tax,
    placed.total
from `order` as placed
left join (
    customer
    left join city on city.zip = customer.zip
) on customer.customer_id = placed.customer_id;

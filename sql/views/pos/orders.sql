-- purpose: an order as it is: whose, what has become of it, and what it amounts to
-- grain: one row per order
-- reads: order
-- model: orders
create or replace sql security invoker view orders as
select
    placed.order_id,
    placed.customer_id,
    placed.status,
    placed.date_placed as placed_at,
    placed.placed_on,
    placed.date_shipped as shipped_at,
    placed.subtotal,
    placed.sales_tax,
    placed.total
from `order` as placed;

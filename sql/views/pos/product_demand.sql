-- purpose: how much each product is wanted: its buyers, orders and pieces sold
-- grain: one row per product
-- reads: product, orderline, order
-- model: product_demand
-- Whoever ordered is a buyer, as in product_buyers; pieces of cancelled orders were not sold.
-- From lines to orders, whatever the optimizer believes of tables that have just been filled.
create or replace sql security invoker view product_demand as
select
    product.product_id,
    product.name,
    (
        select count(distinct `order`.customer_id)
        from orderline as line
        straight_join `order` on `order`.order_id = line.order_id
        where line.product_id = product.product_id
    ) as buyers,
    (
        select coalesce(cast(sum(line.quantity) as int), 0)
        from orderline as line
        straight_join `order` on `order`.order_id = line.order_id
        where line.product_id = product.product_id and `order`.status <> 'cancelled'
    ) as units_sold,
    (
        select max(`order`.placed_on)
        from orderline as line
        straight_join `order` on `order`.order_id = line.order_id
        where line.product_id = product.product_id
    ) as last_order_on
from product;

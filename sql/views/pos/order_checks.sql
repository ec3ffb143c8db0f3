-- purpose: what makes an order suspicious: its total and its largest quantity of one product
-- grain: one row per order
-- reads: order, orderline
-- model: order_checks
create or replace sql security invoker view order_checks as
select
    `order`.order_id,
    `order`.customer_id,
    `order`.status,
    `order`.placed_on,
    `order`.total,
    coalesce(
        (
            select max(line.quantity)
            from orderline as line
            where line.order_id = `order`.order_id
        ),
        0
    ) as largest_quantity
from `order`;

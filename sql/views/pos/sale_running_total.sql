-- purpose: each order line with the sum of its order's lines up to it, in order of product
-- grain: one row per order line
-- reads: orderline
-- model: sales
create or replace sql security invoker view sale_running_total as
select
    line.sale_id,
    line.order_id,
    line.product_id,
    line.quantity,
    line.line_total,
    (
        select sum(earlier.line_total)
        from orderline as earlier
        where earlier.order_id = line.order_id and earlier.product_id <= line.product_id
    ) as running_total
from orderline as line;

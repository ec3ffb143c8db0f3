-- purpose: facts of the cube sales: what one order line sold, to whom, where and when
-- grain: one row per order line
-- reads: sale_line
-- model: sales
create or replace sql security invoker view sales as
select
    sale_id,
    order_id,
    product_id,
    customer_id,
    status,
    placed_on,
    placed_hour,
    state,
    city,
    zip,
    line_total as revenue,
    tax,
    quantity as units
from sale_line;

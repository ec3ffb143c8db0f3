-- purpose: facts of the cube sales: what one order line sold, to whom, where and when
-- grain: one row per order line
-- reads: sale_line, customer, city
-- model: sales
create or replace sql security invoker view sales as
select
    line.sale_id,
    line.order_id,
    line.product_id as product,
    line.customer_id as customer,
    line.status,
    line.placed_on as ordered_on,
    city.state,
    city.city,
    city.zip,
    line.line_total as revenue,
    line.tax,
    line.quantity as units
from sale_line as line
join customer on customer.customer_id = line.customer_id
join city on city.zip = customer.zip;

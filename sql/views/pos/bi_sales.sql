-- purpose: what was sold, for tools of analysts: no names, addresses or contacts
-- grain: one row per order line
-- reads: sale_line, product
create or replace sql security definer view bi_sales as
select
    line.sale_id,
    line.order_id,
    line.placed_on,
    line.placed_hour,
    line.status,
    line.product_id,
    product.name as product_name,
    line.customer_id,
    line.state,
    line.city,
    line.quantity as units,
    line.line_total as revenue,
    line.tax
from sale_line as line
left join product on product.product_id = line.product_id;

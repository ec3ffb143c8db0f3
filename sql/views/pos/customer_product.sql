-- purpose: what each customer bought of each product; cancelled orders left out
-- grain: one row per customer and product
-- reads: order, orderline
-- model: customer_lifetime_value
create or replace sql security invoker view customer_product as
select
    placed.customer_id,
    line.product_id,
    sum(line.quantity) as units,
    sum(line.line_total) as revenue
from `order` as placed
join orderline as line on line.order_id = placed.order_id
where placed.status <> 'cancelled'
group by placed.customer_id, line.product_id;

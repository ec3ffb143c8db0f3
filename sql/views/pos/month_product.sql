-- purpose: what was sold of each product in each month; cancelled orders left out
-- grain: one row per month and product
-- reads: order, orderline
-- model: monthly_sales
create or replace sql security invoker view month_product as
select
    placed.placed_month,
    line.product_id,
    sum(line.quantity) as units,
    sum(line.line_total) as revenue
from `order` as placed
join orderline as line on line.order_id = placed.order_id
where placed.status <> 'cancelled'
group by placed.placed_month, line.product_id;

-- purpose: what was sold of each product in each state; cancelled orders left out
-- grain: one row per state and product
-- reads: city, customer, order, orderline
-- model: state_sales
create or replace sql security invoker view state_product as
select
    city.state,
    line.product_id,
    sum(line.quantity) as units,
    sum(line.line_total) as revenue
from city
join customer on customer.zip = city.zip
join `order` as placed on placed.customer_id = customer.customer_id
join orderline as line on line.order_id = placed.order_id
where placed.status <> 'cancelled'
group by city.state, line.product_id;

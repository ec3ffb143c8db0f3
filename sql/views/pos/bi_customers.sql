-- purpose: where customers live and what they are worth, for tools of analysts: a number, no name
-- grain: one row per customer
-- reads: customer, city, customer_value
create or replace sql security definer view bi_customers as
select
    buyer.customer_id,
    city.state,
    city.city,
    coalesce(worth.orders, 0) as orders,
    coalesce(worth.revenue, 0.00) as revenue,
    worth.last_placed_on,
    concat('R', worth.recency, 'F', worth.frequency, 'M', worth.monetary) as segment
from customer as buyer
left join city on city.zip = buyer.zip
left join customer_value as worth on worth.customer_id = buyer.customer_id;

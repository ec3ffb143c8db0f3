-- purpose: a customer: name, address, and how to reach them
-- grain: one row per customer
-- reads: customer, city
-- model: customers
create or replace sql security invoker view customers as
select
    customer.customer_id,
    concat(customer.first_name, ' ', customer.last_name) as name,
    customer.first_name,
    customer.last_name,
    customer.email,
    customer.phone,
    customer.address1,
    customer.address2,
    city.city,
    city.state,
    city.zip
from customer
left join city on city.zip = customer.zip;

-- purpose: a customer's name and address as printed on a label
-- grain: one row per customer
-- reads: customer, city
-- model: customer_addresses
create or replace sql security invoker view customer_addresses as
select
    customer.customer_id,
    concat(customer.first_name, ' ', customer.last_name) as name,
    concat(
        customer.address1,
        coalesce(concat(' #', nullif(trim(leading '#' from customer.address2), '')), '')
    ) as printed_address1,
    concat(city.city, ', ', city.state, '   ', city.zip) as printed_address2
from customer
left join city on city.zip = customer.zip;

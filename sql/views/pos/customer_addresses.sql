-- purpose: a customer's name and address as printed on a label
-- grain: one row per customer
-- reads: customer, city
-- model: customer_addresses
create or replace sql security invoker view customer_addresses as
select
    customer.customer_id as document_id,
    json_object(
        'customerId', customer.customer_id,
        'name', concat(customer.first_name, ' ', customer.last_name),
        'printedAddress1', concat(
            customer.address1,
            coalesce(concat(' #', nullif(trim(leading '#' from customer.address2), '')), '')
        ),
        'printedAddress2', concat(city.city, ', ', city.state, '   ', city.zip)
    ) as document
from customer
left join city on city.zip = customer.zip;

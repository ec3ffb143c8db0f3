-- purpose: printed addresses of customers
-- grain: one customer
-- reads: customer, city
create or replace sql security invoker view v_customers as
select
    c.customer_id as customer_number,
    c.first_name,
    c.last_name,
    concat_ws(', ', c.address1, nullif(c.address2, '')) as addr1,
    concat(t.city, ', ', t.state, '   ', c.zip) as addr2,
    c.zip
from customer c
join city t on t.zip = c.zip

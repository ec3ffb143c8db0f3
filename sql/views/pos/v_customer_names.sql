-- purpose: names of all customers, for lists
-- grain: one customer, sorted by last name, first name
-- reads: customer
create or replace sql security invoker view v_customer_names as
select
    last_name,
    first_name
from customer
order by last_name, first_name, customer_id

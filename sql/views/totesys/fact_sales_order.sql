-- purpose: facts of the cube salesOrder: what an order sold, by whom, to whom, of which design
-- grain: one row per sales order
-- reads: sales_order, staff, department, counterparty, address, currency, design
-- model: fact_sales_order
-- Left joins on unique keys: a question reads the dimensions that it asks for, and no others.
create or replace sql security invoker view fact_sales_order as
select
    fact.sales_order_id,
    fact.created_at,
    fact.created_date,
    left(date_format(fact.created_at, '%H:%i:%s.%f'), 12) as created_time,
    fact.created_date_id,
    fact.last_updated as last_updated_at,
    fact.last_updated_date,
    left(date_format(fact.last_updated, '%H:%i:%s.%f'), 12) as last_updated_time,
    fact.last_updated_date_id,
    month(fact.created_date) as created_month_of_year,
    fact.staff_id as sales_staff_id,
    concat(staff.first_name, ' ', staff.last_name) as staff_name,
    department.department_name,
    department.location as office,
    fact.counterparty_id,
    counterparty.counterparty_legal_name as counterparty_name,
    legal.country as legal_country,
    fact.units_sold,
    fact.unit_price,
    fact.amount,
    fact.currency_id,
    currency.currency_code,
    fact.design_id,
    design.design_name,
    fact.agreed_payment_on as agreed_payment_date,
    fact.agreed_payment_date_id,
    fact.agreed_delivery_on as agreed_delivery_date,
    fact.agreed_delivery_date_id,
    fact.agreed_delivery_location_id,
    place.country as delivery_country
from sales_order as fact
left join (
    staff
    left join department on department.department_id = staff.department_id
) on staff.staff_id = fact.staff_id
left join (
    counterparty
    left join address as legal on legal.address_id = counterparty.legal_address_id
) on counterparty.counterparty_id = fact.counterparty_id
left join currency on currency.currency_id = fact.currency_id
left join address as place on place.address_id = fact.agreed_delivery_location_id
left join design on design.design_id = fact.design_id;

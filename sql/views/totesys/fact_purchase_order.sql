-- purpose: facts of the cube purchaseOrder: what an order bought, by whom and from whom
-- grain: one row per purchase order
-- reads: purchase_order, staff, department, counterparty, address, currency
-- model: fact_purchase_order
-- Left joins on unique keys: a question reads the dimensions that it asks for, and no others.
create or replace sql security invoker view fact_purchase_order as
select
    fact.purchase_order_id,
    fact.created_at,
    fact.created_date,
    left(date_format(fact.created_at, '%H:%i:%s.%f'), 12) as created_time,
    fact.created_date_id,
    fact.last_updated as last_updated_at,
    fact.last_updated_date,
    left(date_format(fact.last_updated, '%H:%i:%s.%f'), 12) as last_updated_time,
    fact.last_updated_date_id,
    fact.staff_id,
    concat(staff.first_name, ' ', staff.last_name) as staff_name,
    department.department_name,
    department.location as office,
    fact.counterparty_id,
    counterparty.counterparty_legal_name as counterparty_name,
    legal.country as legal_country,
    fact.item_code,
    fact.item_quantity,
    fact.item_unit_price,
    fact.amount,
    fact.currency_id,
    currency.currency_code,
    fact.agreed_payment_on as agreed_payment_date,
    fact.agreed_payment_date_id,
    fact.agreed_delivery_on as agreed_delivery_date,
    fact.agreed_delivery_date_id,
    fact.agreed_delivery_location_id,
    place.country as delivery_country
from purchase_order as fact
left join (
    staff
    left join department on department.department_id = staff.department_id
) on staff.staff_id = fact.staff_id
left join (
    counterparty
    left join address as legal on legal.address_id = counterparty.legal_address_id
) on counterparty.counterparty_id = fact.counterparty_id
left join currency on currency.currency_id = fact.currency_id
left join address as place on place.address_id = fact.agreed_delivery_location_id;

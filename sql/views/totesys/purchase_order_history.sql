-- purpose: every version of a purchase, with what it was and until when; a deletion is one
-- grain: one row per version of a purchase_order
-- reads: purchase_order_version, staff, department, counterparty, address, currency
-- model: purchase_order_history
-- Left joins on unique keys: a question reads the dimensions that it asks for, and no others.
create or replace sql security invoker view purchase_order_history as
select
    fact.purchase_record_id,
    fact.version_number,
    fact.deleted,
    fact.valid_from,
    fact.valid_from_date,
    later.valid_from as valid_to,
    later.purchase_record_id as superseded_by,
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
from purchase_order_version as fact
left join purchase_order_version as later
    on later.purchase_order_id = fact.purchase_order_id
    and later.version_number = fact.next_version_number
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

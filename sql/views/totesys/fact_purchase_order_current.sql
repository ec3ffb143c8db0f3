-- purpose: a purchase as it stands, as a document
-- grain: one row per purchase order that is there
-- reads: fact_purchase_order
-- model: fact_purchase_order_current
create or replace sql security invoker view fact_purchase_order_current as
select
    fact.purchase_order_id,
    fact.created_at,
    fact.created_date,
    fact.created_time,
    fact.created_date_id,
    fact.last_updated_at,
    fact.last_updated_date,
    fact.last_updated_time,
    fact.last_updated_date_id,
    fact.staff_id,
    fact.staff_name,
    fact.department_name,
    fact.office,
    fact.counterparty_id,
    fact.counterparty_name,
    fact.legal_country,
    fact.item_code,
    fact.item_quantity,
    fact.item_unit_price,
    fact.amount,
    fact.currency_id,
    fact.currency_code,
    fact.agreed_payment_date,
    fact.agreed_payment_date_id,
    fact.agreed_delivery_date,
    fact.agreed_delivery_date_id,
    fact.agreed_delivery_location_id,
    fact.delivery_country
from fact_purchase_order as fact;

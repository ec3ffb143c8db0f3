-- purpose: what the back office bought, for tools of analysts: no names of people
-- grain: one row per purchase order
-- reads: fact_purchase_order
-- Money is of currency_code: sums go within one currency.
create or replace sql security definer view bi_purchase_orders as
select
    fact.purchase_order_id,
    fact.created_at,
    fact.created_date,
    fact.staff_id,
    fact.department_name,
    fact.office,
    fact.counterparty_id,
    fact.counterparty_name,
    fact.legal_country,
    fact.item_code,
    fact.item_quantity,
    fact.item_unit_price,
    fact.amount,
    fact.currency_code,
    fact.agreed_payment_date,
    fact.agreed_delivery_date,
    fact.delivery_country
from fact_purchase_order as fact;

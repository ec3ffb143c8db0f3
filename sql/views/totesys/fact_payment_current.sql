-- purpose: a payment as it stands, as a document
-- grain: one row per payment that is there
-- reads: fact_payment
-- model: fact_payment_current
create or replace sql security invoker view fact_payment_current as
select
    fact.payment_id,
    fact.created_at,
    fact.created_date,
    fact.created_time,
    fact.created_date_id,
    fact.last_updated_at,
    fact.last_updated_date,
    fact.last_updated_time,
    fact.last_updated_date_id,
    fact.transaction_id,
    fact.transaction_type,
    fact.sales_order_id,
    fact.purchase_order_id,
    fact.counterparty_id,
    fact.counterparty_name,
    fact.payment_amount,
    fact.currency_id,
    fact.currency_code,
    fact.payment_type_id,
    fact.payment_type_name,
    fact.paid,
    fact.payment_date,
    fact.payment_date_id
from fact_payment as fact;

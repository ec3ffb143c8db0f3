-- purpose: what is paid or to be paid, for tools of analysts: no account numbers
-- grain: one row per payment
-- reads: fact_payment
-- Money is of currency_code: sums go within one currency.
create or replace sql security definer view bi_payments as
select
    fact.payment_id,
    fact.created_at,
    fact.created_date,
    fact.transaction_type,
    fact.sales_order_id,
    fact.purchase_order_id,
    fact.counterparty_id,
    fact.counterparty_name,
    fact.payment_type_name,
    fact.payment_amount,
    fact.currency_code,
    fact.paid,
    fact.payment_date
from fact_payment as fact;

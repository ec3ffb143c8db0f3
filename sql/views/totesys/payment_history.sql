-- purpose: every version of a payment, with what it was and until when; a deletion is one
-- grain: one row per version of a payment
-- reads: payment_version, transaction, counterparty, currency, payment_type
-- model: payment_history
-- Left joins on unique keys: a question reads the dimensions that it asks for, and no others.
create or replace sql security invoker view payment_history as
select
    fact.payment_record_id,
    fact.version_number,
    fact.deleted,
    fact.valid_from,
    fact.valid_from_date,
    later.valid_from as valid_to,
    later.payment_record_id as superseded_by,
    fact.payment_id,
    fact.created_at,
    fact.created_date,
    left(date_format(fact.created_at, '%H:%i:%s.%f'), 12) as created_time,
    fact.created_date_id,
    fact.last_updated as last_updated_at,
    fact.last_updated_date,
    left(date_format(fact.last_updated, '%H:%i:%s.%f'), 12) as last_updated_time,
    fact.last_updated_date_id,
    fact.transaction_id,
    dealt.transaction_type,
    dealt.sales_order_id,
    dealt.purchase_order_id,
    fact.counterparty_id,
    counterparty.counterparty_legal_name as counterparty_name,
    fact.payment_amount,
    fact.currency_id,
    currency.currency_code,
    fact.payment_type_id,
    payment_type.payment_type_name,
    fact.paid,
    fact.payment_on as payment_date,
    fact.payment_date_id
from payment_version as fact
left join payment_version as later
    on later.payment_id = fact.payment_id
    and later.version_number = fact.next_version_number
left join `transaction` as dealt on dealt.transaction_id = fact.transaction_id
left join counterparty on counterparty.counterparty_id = fact.counterparty_id
left join currency on currency.currency_id = fact.currency_id
left join payment_type on payment_type.payment_type_id = fact.payment_type_id;

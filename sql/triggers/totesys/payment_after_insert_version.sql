-- purpose: a new payment is its first version, or the next if one of its number was deleted
-- writes: payment_version
create or replace trigger payment_after_insert_version
after insert on payment for each row
call add_payment_version(
    false, new.payment_id, new.transaction_id, new.counterparty_id, new.payment_amount,
    new.currency_id, new.payment_type_id, new.paid, new.payment_on, new.created_at,
    new.last_updated
)

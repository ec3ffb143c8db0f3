-- purpose: a payment that is deleted has a last version which says so
-- writes: payment_version
create or replace trigger payment_after_delete_version
after delete on payment for each row
call add_payment_version(
    true, old.payment_id, old.transaction_id, old.counterparty_id, old.payment_amount,
    old.currency_id, old.payment_type_id, old.paid, old.payment_on, old.created_at,
    old.last_updated
)

-- purpose: a payment that says something else is a version of it; a new number ends the old one
-- writes: payment_version
create or replace trigger payment_after_update_version
after update on payment for each row
begin
    if new.payment_id <> old.payment_id then
        call add_payment_version(
            true, old.payment_id, old.transaction_id, old.counterparty_id, old.payment_amount,
            old.currency_id, old.payment_type_id, old.paid, old.payment_on, old.created_at,
            old.last_updated
        );
    end if;
    if not (
        new.payment_id <=> old.payment_id
        and new.transaction_id <=> old.transaction_id
        and new.counterparty_id <=> old.counterparty_id
        and new.payment_amount <=> old.payment_amount
        and new.currency_id <=> old.currency_id
        and new.payment_type_id <=> old.payment_type_id
        and new.paid <=> old.paid
        and new.payment_on <=> old.payment_on
        and new.created_at <=> old.created_at
        and new.last_updated <=> old.last_updated
    ) then
        call add_payment_version(
            false, new.payment_id, new.transaction_id, new.counterparty_id, new.payment_amount,
            new.currency_id, new.payment_type_id, new.paid, new.payment_on, new.created_at,
            new.last_updated
        );
    end if;
end

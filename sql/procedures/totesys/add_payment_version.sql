-- purpose: notes a version of a payment as the last of all that it ever had
-- writes: payment_version, payment_last_version
-- The row of the last version is written first, so that whoever comes second waits, and then
-- reads its own row: no snapshot is too old for that, and no gap is locked.
create or replace procedure add_payment_version(
    in_deleted boolean,
    in_payment_id int,
    in_transaction_id int,
    in_counterparty_id int,
    in_payment_amount decimal(12,2),
    in_currency_id int,
    in_payment_type_id int,
    in_paid boolean,
    in_payment_on date,
    in_created_at datetime(3),
    in_last_updated datetime(3)
)
modifies sql data
begin
    declare v_number int;
    declare v_valid_from datetime(3) default moment_shown();

    insert into payment_last_version (payment_id, version_number, valid_from)
    values (in_payment_id, 1, v_valid_from)
    on duplicate key update
        version_number = version_number + 1,
        valid_from = greatest(valid_from, v_valid_from);

    select version_number, valid_from into v_number, v_valid_from
    from payment_last_version
    where payment_id = in_payment_id;

    insert into payment_version (
        version_number, deleted, valid_from, payment_id, transaction_id, counterparty_id,
        payment_amount, currency_id, payment_type_id, paid, payment_on, created_at, last_updated
    ) values (
        v_number, in_deleted, v_valid_from, in_payment_id, in_transaction_id, in_counterparty_id,
        in_payment_amount, in_currency_id, in_payment_type_id, in_paid, in_payment_on,
        in_created_at, in_last_updated
    );
end

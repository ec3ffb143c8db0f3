-- purpose: notes a version of a sale as the last of all that it ever had
-- writes: sales_order_version, sales_order_last_version
-- The row of the last version is written first, so that whoever comes second waits, and then
-- reads its own row: no snapshot is too old for that, and no gap is locked.
create or replace procedure add_sales_order_version(
    in_deleted boolean,
    in_sales_order_id int,
    in_design_id int,
    in_staff_id int,
    in_counterparty_id int,
    in_units_sold int,
    in_unit_price decimal(10,2),
    in_currency_id int,
    in_agreed_delivery_on date,
    in_agreed_payment_on date,
    in_agreed_delivery_location_id int,
    in_created_at datetime(3),
    in_last_updated datetime(3)
)
modifies sql data
begin
    declare v_number int;
    declare v_valid_from datetime(3) default moment_shown();

    insert into sales_order_last_version (sales_order_id, version_number, valid_from)
    values (in_sales_order_id, 1, v_valid_from)
    on duplicate key update
        version_number = version_number + 1,
        valid_from = greatest(valid_from, v_valid_from);

    select version_number, valid_from into v_number, v_valid_from
    from sales_order_last_version
    where sales_order_id = in_sales_order_id;

    insert into sales_order_version (
        version_number, deleted, valid_from, sales_order_id, design_id, staff_id, counterparty_id,
        units_sold, unit_price, currency_id, agreed_delivery_on, agreed_payment_on,
        agreed_delivery_location_id, created_at, last_updated
    ) values (
        v_number, in_deleted, v_valid_from, in_sales_order_id, in_design_id, in_staff_id,
        in_counterparty_id, in_units_sold, in_unit_price, in_currency_id, in_agreed_delivery_on,
        in_agreed_payment_on, in_agreed_delivery_location_id, in_created_at, in_last_updated
    );
end

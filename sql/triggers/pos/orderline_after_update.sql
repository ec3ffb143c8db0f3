-- purpose: a line that was changed moves stock and totals by the difference, also to another order
-- or product
-- MariaDB fires this also for a row that `update ignore` leaves where it is because the new key is
-- taken: then the old key is still there, and nothing has moved.
create or replace trigger orderline_after_update
after update on orderline for each row
if @pos_bulk_load is null and (
    (old.order_id = new.order_id and old.product_id = new.product_id)
    or not exists (
        select 1 from orderline
        where order_id = old.order_id and product_id = old.product_id lock in share mode
    )
) then begin
    declare v_old_status, v_new_status varchar(9);
    declare v_old_customer_id, v_new_customer_id, v_given, v_taken int;

    select status, customer_id into v_old_status, v_old_customer_id
    from `order` where order_id = old.order_id for update;
    select status, customer_id into v_new_status, v_new_customer_id
    from `order` where order_id = new.order_id for update;
    set v_given = if(v_old_status = 'cancelled', 0, old.quantity),
        v_taken = if(v_new_status = 'cancelled', 0, new.quantity);

    if old.product_id = new.product_id then
        call take_stock(new.product_id, v_taken - v_given);
    else
        call take_stock(old.product_id, -v_given);
        call take_stock(new.product_id, v_taken);
    end if;

    if old.order_id = new.order_id then
        call change_subtotal(new.order_id,
            new.quantity * new.unit_price - old.quantity * old.unit_price);
    else
        call change_subtotal(old.order_id, -(old.quantity * old.unit_price));
        call change_subtotal(new.order_id, new.quantity * new.unit_price);
    end if;

    if old.product_id <> new.product_id or v_old_customer_id <> v_new_customer_id then
        call add_purchase(v_new_customer_id, new.product_id);
        call drop_purchase(v_old_customer_id, old.product_id);
    end if;
end; end if

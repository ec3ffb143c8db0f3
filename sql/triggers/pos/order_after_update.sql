-- purpose: a cancelled order gives its stock back (one taken up again takes it); buyers follow its
-- customer
-- signals: 30006
create or replace trigger order_after_update
after update on `order` for each row
if @pos_bulk_load is null and (
    (new.status = 'cancelled') <> (old.status = 'cancelled') or new.customer_id <> old.customer_id
) then begin
    declare v_product_id, v_quantity, v_locked int;
    declare v_done boolean default false;
    declare v_lines cursor for
        select product_id, quantity
        from orderline where order_id = new.order_id
        order by product_id lock in share mode;
    declare continue handler for not found set v_done = true;

    -- Before any product, see orderline_before_insert.
    if new.customer_id <> old.customer_id then
        select count(*) into v_locked
        from mv_customer_purchases
        where customer_id in (old.customer_id, new.customer_id) for update;
    end if;

    open v_lines;
    fetch v_lines into v_product_id, v_quantity;
    while not v_done do
        if (new.status = 'cancelled') <> (old.status = 'cancelled') then
            -- In turn with sales, see orderline_before_insert.
            select count(*) into v_locked
            from mv_product_buyers where product_id = v_product_id for update;
            call take_stock(v_product_id, if(new.status = 'cancelled', -v_quantity, v_quantity));
        end if;
        if new.customer_id <> old.customer_id then
            call add_purchase(new.customer_id, v_product_id);
            call drop_purchase(old.customer_id, v_product_id);
        end if;
        fetch v_lines into v_product_id, v_quantity;
    end while;
    close v_lines;
end; end if

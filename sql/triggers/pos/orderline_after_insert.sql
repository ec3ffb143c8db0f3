-- purpose: a line that was inserted takes its pieces out of stock and counts in the totals of its
-- order; one that was loaded without a price is noted
create or replace trigger orderline_after_insert
after insert on orderline for each row
if @pos_bulk_load is null then begin
    declare v_status varchar(9);
    declare v_customer_id int;

    select status, customer_id into v_status, v_customer_id
    from `order` where order_id = new.order_id for update;

    call take_stock(new.product_id, if(v_status = 'cancelled', 0, new.quantity));
    call change_subtotal(new.order_id, new.quantity * new.unit_price);
    call add_purchase(v_customer_id, new.product_id);
end;
elseif new.unit_price = 0 and @pos_price_missing then
    insert ignore into line_without_price (order_id, product_id)
    values (new.order_id, new.product_id);
end if

-- purpose: a line that was deleted gives its pieces back and leaves the totals of its order
create or replace trigger orderline_after_delete
after delete on orderline for each row
if @pos_bulk_load is null then begin
    declare v_status varchar(9);
    declare v_customer_id int;

    select status, customer_id into v_status, v_customer_id
    from `order` where order_id = old.order_id for update;

    call take_stock(old.product_id, if(v_status = 'cancelled', 0, -old.quantity));
    call change_subtotal(old.order_id, -(old.quantity * old.unit_price));
    call drop_purchase(v_customer_id, old.product_id);
end; end if

-- purpose: lock the orders, customers and products of a line before they are written, see
-- orderline_before_insert; another price concerns the order only, locked when it is written
create or replace trigger orderline_before_update
before update on orderline for each row
if @pos_bulk_load is null and not (old.order_id = new.order_id
    and old.product_id = new.product_id and old.quantity = new.quantity) then begin
    declare v_locked, v_first, v_last int;

    select min(customer_id), max(customer_id) into v_first, v_last
    from `order` where order_id in (old.order_id, new.order_id) for update;
    select count(*) into v_locked
    from mv_customer_purchases where customer_id in (v_first, v_last) for update;
    select count(*) into v_locked
    from mv_product_buyers where product_id in (old.product_id, new.product_id) for update;
    select count(*) into v_locked
    from product where product_id in (old.product_id, new.product_id) for update;
end; end if

-- purpose: lock the order, customer and product of a line before they are written, see
-- orderline_before_insert
create or replace trigger orderline_before_delete
before delete on orderline for each row
if @pos_bulk_load is null then begin
    declare v_locked, v_customer_id int;

    select max(customer_id) into v_customer_id
    from `order` where order_id = old.order_id for update;
    select count(*) into v_locked
    from mv_customer_purchases where customer_id = v_customer_id for update;
    select count(*) into v_locked
    from mv_product_buyers where product_id = old.product_id for update;
    select count(*) into v_locked from product where product_id = old.product_id for update;
end; end if

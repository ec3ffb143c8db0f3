-- purpose: lock the orders and products of a line before they are written, see
-- orderline_before_insert
create or replace trigger orderline_before_update
before update on orderline for each row
if @pos_bulk_load is null then begin
    declare v_locked int;

    select count(*) into v_locked
    from `order` where order_id in (old.order_id, new.order_id) for update;
    select count(*) into v_locked
    from mv_product_buyers where product_id in (old.product_id, new.product_id) for update;
    select count(*) into v_locked
    from product where product_id in (old.product_id, new.product_id) for update;
end; end if

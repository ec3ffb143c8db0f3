-- purpose: add pieces of a product to an order that is not shipped, at the price of today if it is
-- new there
-- signals: 30001, 30002, 30004, 30005, 30006, 30007
create or replace procedure add_item(in_order_id int, in_product_id int, in_quantity int)
modifies sql data
begin
    declare v_product_id int;
    declare v_about varchar(64) default concat('product_id = ', in_product_id);
    declare continue handler for not found begin end;

    if in_product_id is null or in_quantity is null then
        call refuse(30001, 'The product or the quantity is missing.', null, null);
    elseif in_quantity not between 1 and 1000000 then
        call refuse(30002, 'The quantity must be 1 to 1,000,000.', 'quantity', v_about);
    end if;
    call lock_open_order(in_order_id);
    -- Not `if exists (select …)`: that locks what it reads, too early here.
    select product_id into v_product_id from product where product_id = in_product_id;
    if v_product_id is null then
        call refuse(
            30004, concat('There is no product ', in_product_id, '.'), 'product_id', v_about);
    end if;

    insert into orderline (order_id, product_id, quantity)
    values (in_order_id, in_product_id, in_quantity)
    on duplicate key update quantity = quantity + values(quantity);

    select l.order_id, l.product_id, l.quantity, l.unit_price, l.line_total
    from orderline l
    where l.order_id = in_order_id and l.product_id = in_product_id;
end

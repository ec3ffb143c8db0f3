-- purpose: set the price of a product; its trigger notes the change, once
-- signals: 30001, 30002, 30004
create or replace procedure update_price(in_product_id int, in_price decimal(10,2))
modifies sql data
begin
    declare v_product_id int;
    declare v_about varchar(64) default concat('product_id = ', in_product_id);
    declare continue handler for not found begin end;

    if in_product_id is null or in_price is null then
        call refuse(30001, 'The product or the price is missing.', null, null);
    elseif in_price < 0 then
        call refuse(30002, 'The price must not be negative.', 'price', v_about);
    end if;
    -- In turn with sales, see orderline_before_insert.
    select product_id into v_product_id
    from mv_product_buyers where product_id = in_product_id for update;
    if v_product_id is null then
        call refuse(
            30004, concat('There is no product ', in_product_id, '.'), 'product_id', v_about);
    end if;
    update product set current_price = in_price where product_id = in_product_id;
    select product_id, name, current_price from product where product_id = in_product_id;
end

-- purpose: defaults of a line: at least one piece, at the price of today
-- Order and product are locked here, before the foreign keys lock them shared, and written after
-- the insert: written after without this, 8 writers deadlock; written here, a line that then turns
-- out to be there already (on duplicate key update, insert ignore) would count twice.
-- The customer comes before the products, or two sales to one customer wait for each other: one for
-- a product of the other, that one for the customer.
-- Sales of one product take turns at its row of mv_product_buyers: the product's own row has its
-- history in front of it, and who waits there holds a gap that the history of the other needs.
-- A line that is loaded without a price waits at 0 for fill_unit_price, and is noted after the
-- insert.
create or replace trigger orderline_before_insert
before insert on orderline for each row
if @pos_bulk_load is null then begin
    declare v_locked, v_customer_id int;
    declare v_price decimal(10,2);
    declare continue handler for not found begin end;

    select customer_id into v_customer_id
    from `order` where order_id = new.order_id for update;
    select customer_id into v_locked
    from mv_customer_purchases where customer_id = v_customer_id for update;
    select product_id into v_locked
    from mv_product_buyers where product_id = new.product_id for update;
    select current_price into v_price
    from product where product_id = new.product_id for update;

    if new.quantity is null or new.quantity < 1 then
        set new.quantity = 1;
    end if;
    if new.unit_price is null then
        set new.unit_price = v_price;
    end if;
end;
elseif coalesce(new.unit_price, 0) = 0 then
    set @pos_price_missing = new.unit_price is null;
    set new.unit_price = 0;
end if

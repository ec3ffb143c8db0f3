-- purpose: a new product has a row in mv_product_buyers; one that is replaced at another price has
-- changed it
-- reads: product, its history: `replace` deletes and inserts, so the old row ended in the new one's
-- transaction. An import replaces none: it is spared 4,000 look-ups.
create or replace trigger product_after_insert
after insert on product for each row
if @pos_bulk_load is null then begin
    declare v_old_price decimal(10,2);

    select max(h.current_price) into v_old_price
    from product p
    straight_join product for system_time all h
        on h.product_id = p.product_id and h.row_end = p.row_start
    where p.product_id = new.product_id;

    if v_old_price <> new.current_price then
        insert into price_history (product_id, old_price, new_price)
        values (new.product_id, v_old_price, new.current_price);
    end if;

    insert into mv_product_buyers (product_id, name) values (new.product_id, new.name);
end; end if

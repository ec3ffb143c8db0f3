-- purpose: a changed price is noted, exactly once; a product that is renamed is so in the lists of
-- purchases
create or replace trigger product_after_update
after update on product for each row
begin
    if new.current_price <> old.current_price then
        insert into price_history (product_id, old_price, new_price)
        values (new.product_id, old.current_price, new.current_price);
    end if;

    if @pos_bulk_load is null
        and (new.product_id <> old.product_id or new.name <> old.name)
    then
        update mv_product_buyers
        set product_id = new.product_id, name = new.name
        where product_id = old.product_id;

        set statement sql_safe_updates = 0 for
        update (
            select distinct o.customer_id
            from orderline l
            straight_join `order` o on o.order_id = l.order_id
            where l.product_id = new.product_id
        ) bought
        straight_join mv_customer_purchases m on m.customer_id = bought.customer_id
        set m.entries = put_entry(m.entries, new.product_id, new.name);
    end if;
end

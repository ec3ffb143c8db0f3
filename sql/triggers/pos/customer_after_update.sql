-- purpose: orders of a customer who moves are taxed anew; a customer who is renamed is so in the
-- lists of buyers
create or replace trigger customer_after_update
after update on customer for each row
if @pos_bulk_load is null then begin
    declare v_rate decimal(6,5);

    if new.zip <> old.zip then
        set v_rate = tax_rate_of(new.customer_id);
        update `order`
        set sales_tax = round(subtotal * v_rate, 2)
        where customer_id = new.customer_id and sales_tax <> round(subtotal * v_rate, 2);
    end if;

    if new.customer_id <> old.customer_id
        or new.first_name <> old.first_name
        or new.last_name <> old.last_name
    then
        update mv_customer_purchases
        set customer_id = new.customer_id, first_name = new.first_name, last_name = new.last_name
        where customer_id = old.customer_id;

        set statement sql_safe_updates = 0 for
        update (
            select distinct l.product_id
            from `order` o
            straight_join orderline l on l.order_id = o.order_id
            where o.customer_id = new.customer_id
        ) bought
        straight_join mv_product_buyers m on m.product_id = bought.product_id
        set m.entries = put_entry(m.entries, new.customer_id,
            concat(new.first_name, ' ', new.last_name));
    end if;
end; end if

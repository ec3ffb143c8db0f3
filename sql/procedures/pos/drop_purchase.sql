-- purpose: note in the materialised views that a line is gone: of its customer and product, unless
-- another order of the customer has the product too
-- reads: order, orderline, as they are now (locked)
-- writes: mv_product_buyers, mv_customer_purchases
create or replace procedure drop_purchase(in_customer_id int, in_product_id int)
modifies sql data
begin
    declare v_lines int default 0;

    select count(*) into v_lines
    from `order` o
    straight_join orderline l on l.order_id = o.order_id
    where o.customer_id = in_customer_id and l.product_id = in_product_id
    lock in share mode;

    if v_lines = 0 then
        update mv_product_buyers
        set entries = put_entry(entries, in_customer_id, null)
        where product_id = in_product_id;

        update mv_customer_purchases
        set entries = put_entry(entries, in_product_id, null)
        where customer_id = in_customer_id;
    end if;
end

-- purpose: adds to known_sale what its row ids were told as before, after know_sales
-- reads: known_sale, sale_group, softcart_sales
-- writes: known_sale; softcart_sales_former
-- Else a line without a row id that told of a sale before its correction would be another sale.
create or replace procedure recall_sales()
modifies sql data
begin
    insert ignore into softcart_sales_former
        (product_id, customer_id, price, quantity, row_id, sold_at, told_to)
    select s.product_id, s.customer_id, s.price, s.quantity, s.row_id, s.sold_at, s.told_to
    from known_sale k
    straight_join sale_group g on g.group_id = k.group_id
    straight_join softcart_sales s force index (primary) on s.row_id = k.row_id
    where (s.product_id, s.customer_id, s.price, s.quantity)
            <> (g.product_id, g.customer_id, g.price, g.quantity)
        or not is_same_time(s.told_to, s.sold_at, k.told_to, k.told_at);

    insert into known_sale (row_id, group_id, told_to, told_at, loaded_at, is_former)
    select f.row_id, g.group_id, f.told_to,
        case f.told_to
            when 'second' then f.sold_at
            when 'minute' then date_format(f.sold_at, '%Y-%m-%d %H:%i')
        end,
        f.sold_at, true
    from sale_group g
    straight_join softcart_sales_former f using (product_id, customer_id, price, quantity)
    left join known_sale k on k.row_id = f.row_id and k.group_id = g.group_id
    -- One that is told so again is no former one.
    where k.row_id is null or not is_same_time(f.told_to, f.sold_at, k.told_to, k.told_at);
end

-- purpose: counts the orders that were shipped or cancelled and would no longer be, because Shipped
-- is blank, before import_orders: of many at once the file is wrong, and the import stops
-- reads: clean_order, order
create or replace procedure count_order_blanks()
reads sql data
begin
    select
        'orders.csv' as file,
        coalesce(sum(n.status = 'placed' and o.status <> 'placed'), 0) as losing,
        count(*) as concerned
    from clean_order n
    straight_join `order` o on o.order_id = n.order_id;
end

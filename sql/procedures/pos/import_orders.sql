-- purpose: brings clean_order into `order`, after total_orders
-- reads: clean_order
-- writes: order
-- The history of sales is not judged by today's stock: @pos_bulk_load keeps the row triggers of the
-- shop quiet, and totals come with the orders.
create or replace procedure import_orders()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

    update clean_order n
    straight_join `order` o on o.order_id = n.order_id
    set
        o.customer_id = n.customer_id,
        o.date_placed = n.date_placed,
        o.date_shipped = n.date_shipped,
        o.status = n.status,
        o.subtotal = coalesce(n.subtotal, o.subtotal),
        o.sales_tax = coalesce(n.sales_tax, o.sales_tax)
    where not (
        o.customer_id = n.customer_id
        and o.date_placed = n.date_placed
        and o.date_shipped <=> n.date_shipped
        and o.status = n.status
        and o.subtotal = coalesce(n.subtotal, o.subtotal)
        and o.sales_tax = coalesce(n.sales_tax, o.sales_tax)
    );
    set v_updated = row_count();

    insert into `order` (
        order_id, customer_id, date_placed, date_shipped, status, subtotal, sales_tax)
    select
        n.order_id, n.customer_id, n.date_placed, n.date_shipped, n.status,
        coalesce(n.subtotal, 0), coalesce(n.sales_tax, 0)
    from clean_order n
    left join `order` o on o.order_id = n.order_id
    where o.order_id is null;
    set v_inserted = row_count();

    set @pos_bulk_load = null;
    set @pos_import_wrote = if(v_inserted + v_updated > 0, 1, @pos_import_wrote);
    select 'order' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

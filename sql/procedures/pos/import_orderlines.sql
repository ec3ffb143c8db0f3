-- purpose: brings clean_line into orderline, after import_orders
-- reads: clean_order, clean_line
-- writes: orderline
-- The files name all lines of an order: a line that they lack goes.
create or replace procedure import_orderlines()
modifies sql data
begin
    declare v_inserted, v_updated, v_deleted int default 0;
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

    delete l
    from clean_order n
    straight_join orderline l on l.order_id = n.order_id
    left join clean_line c on c.order_id = l.order_id and c.product_id = l.product_id
    where c.order_id is null;
    set v_deleted = row_count();

    update clean_line n
    straight_join orderline l on l.order_id = n.order_id and l.product_id = n.product_id
    set l.quantity = n.quantity
    where l.quantity <> n.quantity;
    set v_updated = row_count();

    insert into orderline (order_id, product_id, quantity, unit_price)
    select n.order_id, n.product_id, n.quantity, n.unit_price
    from clean_line n
    left join orderline l on l.order_id = n.order_id and l.product_id = n.product_id
    where l.order_id is null;
    set v_inserted = row_count();

    drop temporary table clean_line;
    drop temporary table clean_order;
    set @pos_bulk_load = null;
    set @pos_import_wrote = if(v_inserted + v_updated + v_deleted > 0, 1, @pos_import_wrote);
    select 'orderline' as table_name,
        v_inserted as inserted, v_updated as updated, v_deleted as deleted;
end

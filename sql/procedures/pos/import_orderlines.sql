-- purpose: brings clean_line into orderline, after import_orders
-- reads: clean_line
-- writes: orderline
-- What clean_line says and nothing else: a line with quantity 0 goes, one without an old quantity
-- is new. A line that a terminal sells meanwhile is not there, and stays.
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
    from clean_line n
    straight_join orderline l on l.order_id = n.order_id and l.product_id = n.product_id
    where n.quantity = 0;
    set v_deleted = row_count();

    update clean_line n
    straight_join orderline l on l.order_id = n.order_id and l.product_id = n.product_id
    set l.quantity = n.quantity
    where n.quantity > 0 and n.quantity <> n.old_quantity;
    set v_updated = row_count();

    insert into orderline (order_id, product_id, quantity, unit_price)
    select order_id, product_id, quantity, unit_price
    from clean_line
    where old_quantity is null;
    set v_inserted = row_count();

    drop temporary table changed_order;
    drop temporary table clean_line;
    drop temporary table clean_order;
    set @pos_bulk_load = null;
    set @pos_import_wrote = if(v_inserted + v_updated + v_deleted > 0, 1, @pos_import_wrote);
    select 'orderline' as table_name,
        v_inserted as inserted, v_updated as updated, v_deleted as deleted;
end

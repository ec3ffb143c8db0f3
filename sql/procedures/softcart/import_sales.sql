-- purpose: brings changed_sale into softcart_sales, whose triggers write the facts, after
-- number_sales
-- reads: changed_sale, gone_sale, sale_group, needed_day
-- writes: softcart_sales, dim_date
create or replace procedure import_sales()
modifies sql data
begin
    declare v_inserted, v_updated, v_deleted int default 0;
    declare exit handler for sqlexception begin
        set @calendar_has_days = null, @softcart_import = null;
        resignal;
    end;
    call add_needed_days();
    set @calendar_has_days = 1, @softcart_import = 1;

    -- They have their row ids now: each comes again below.
    delete s
    from gone_sale d
    straight_join softcart_sales s force index (primary) on s.row_id = d.row_id;
    set v_deleted = row_count();

    update changed_sale c
    straight_join sale_group g on g.group_id = c.group_id
    straight_join softcart_sales s force index (primary) on s.row_id = c.row_id
    set
        s.product_id = g.product_id,
        s.customer_id = g.customer_id,
        s.price = g.price,
        s.quantity = g.quantity,
        s.sold_at = c.sold_at,
        s.is_timed = c.is_timed,
        s.told_to = c.told_to
    where not c.is_new;
    set v_updated = row_count();

    insert into softcart_sales (
        row_id, product_id, customer_id, price, quantity, sold_at, is_timed, told_to, loaded_at)
    select
        c.row_id, g.product_id, g.customer_id, g.price, g.quantity, c.sold_at, c.is_timed,
        c.told_to, c.loaded_at
    from changed_sale c
    straight_join sale_group g on g.group_id = c.group_id
    where c.is_new
    order by c.row_id;
    set v_inserted = row_count();

    set @calendar_has_days = null, @softcart_import = null;
    select 'softcart_sales' as table_name, v_inserted as inserted, v_updated as updated,
        v_deleted as deleted;
end

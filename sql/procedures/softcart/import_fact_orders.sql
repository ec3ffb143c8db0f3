-- purpose: brings clean_fact_orders into fact_orders, after compare_fact_orders
-- reads: clean_fact_orders
-- writes: fact_orders
create or replace procedure import_fact_orders()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;
    declare exit handler for sqlexception begin
        set @calendar_has_days = null;
        resignal;
    end;
    -- Their days are those of fact_orders_date.
    set @calendar_has_days = 1;

    update clean_fact_orders c
    straight_join fact_orders f force index (primary) on f.order_id = c.order_id
    set
        f.date_id = c.date_id,
        f.country_id = c.country_id,
        f.category_id = c.category_id,
        f.amount = c.amount
    where not c.is_new;
    set v_updated = row_count();

    insert into fact_orders (order_id, date_id, country_id, category_id, amount)
    select order_id, date_id, country_id, category_id, amount
    from clean_fact_orders
    where is_new
    order by order_id;
    set v_inserted = row_count();

    set @calendar_has_days = null;
    select 'fact_orders' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

-- purpose: brings missing_ecommerce into fact_ecommerce, after compare_ecommerce
-- reads: missing_ecommerce, needed_day
-- writes: fact_ecommerce, dim_date
create or replace procedure import_ecommerce()
modifies sql data
begin
    declare v_copy, v_new, v_inserted int default 0;
    declare exit handler for sqlexception begin
        set @calendar_has_days = null;
        resignal;
    end;
    call add_needed_days();
    set @calendar_has_days = 1;

    repeat
        set v_copy = v_copy + 1;
        insert into fact_ecommerce (date_id, item_id, price)
        select date_id, item_id, price
        from missing_ecommerce
        where missing >= v_copy
        order by date_id, item_id, price;
        set v_new = row_count(), v_inserted = v_inserted + v_new;
    until v_new = 0 end repeat;

    set @calendar_has_days = null;
    select 'fact_ecommerce' as table_name, v_inserted as inserted, 0 as updated, 0 as deleted;
end

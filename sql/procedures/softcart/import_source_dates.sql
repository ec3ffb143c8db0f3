-- purpose: brings source_date, and days that FactSales.csv names by themselves, into
-- fact_orders_date, after judge_source_dates
-- reads: source_date, staging_fact_orders
-- writes: fact_orders_date, dim_date
create or replace procedure import_source_dates()
modifies sql data
begin
    declare v_inserted int default 0;

    insert ignore into source_date (source_date_id, `row_number`, date_id)
    select distinct trim(source_date_id), 0, trim(source_date_id)
    from staging_fact_orders
    where fault is null
        and char_length(trim(source_date_id)) = 8
        and trim(source_date_id) regexp '^[0-9]{8}$'
        and find_day_fault(left(trim(source_date_id), 4), substring(trim(source_date_id), 5, 2),
            right(trim(source_date_id), 2)) is null;

    create or replace temporary table needed_day (date_id int not null, primary key (date_id));
    insert into needed_day (date_id) select distinct date_id from source_date;
    call add_needed_days();

    insert into fact_orders_date (source_date_id, date_id)
    select s.source_date_id, s.date_id
    from source_date s
    left join fact_orders_date d on d.source_date_id = s.source_date_id
    where d.source_date_id is null;
    set v_inserted = row_count();
    select 'fact_orders_date' as table_name, v_inserted as inserted, 0 as updated, 0 as deleted;
end

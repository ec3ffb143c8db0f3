-- purpose: finds the lines of ecommerce.csv that fact_ecommerce lacks, after import_dim_item; how
-- many rows will be written
-- reads: staging_ecommerce, dim_item, fact_ecommerce, dim_date
-- writes: missing_ecommerce, needed_day, temporary tables
-- Lines have no id: of equal ones fact_ecommerce has as many as the file with most of them.
create or replace procedure compare_ecommerce()
modifies sql data
begin
    create or replace temporary table told_ecommerce (
        date_id int not null,
        item_id int not null,
        price decimal(10,2) not null,
        copies int not null,
        primary key (date_id, item_id, price)
    ) engine = Aria transactional = 0;
    insert into told_ecommerce (date_id, item_id, price, copies)
    select date_id, item_id, price, count(*)
    from (
        select s.year * 10000 + s.month * 100 + s.day_of_month as date_id, i.item_id,
            cast(s.price as decimal(10,2)) as price
        from staging_ecommerce s
        join dim_item i on i.category = trim(s.category) and i.name = trim(s.item)
        where s.fault is null
    ) line
    group by date_id, item_id, price;

    create or replace temporary table missing_ecommerce (
        date_id int not null,
        item_id int not null,
        price decimal(10,2) not null,
        missing int not null,
        primary key (date_id, item_id, price)
    ) engine = Aria transactional = 0;
    insert into missing_ecommerce (date_id, item_id, price, missing)
    select t.date_id, t.item_id, t.price, t.copies - count(f.ecommerce_id)
    from told_ecommerce t
    left join fact_ecommerce f force index (fact_ecommerce_date_id_ix)
        using (date_id, item_id, price)
    group by t.date_id, t.item_id, t.price, t.copies
    having t.copies > count(f.ecommerce_id);

    create or replace temporary table needed_day (date_id int not null, primary key (date_id));
    insert into needed_day (date_id) select distinct date_id from missing_ecommerce;
    select 'fact_ecommerce' as table_name, coalesce(sum(missing), 0) as writing
    from missing_ecommerce
    union all
    select 'dim_date', count(*)
    from needed_day n left join dim_date d using (date_id)
    where d.date_id is null;
end

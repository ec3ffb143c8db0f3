-- purpose: turns staged DimCategory.csv into dim_category
-- reads: staging_dim_category
-- writes: dim_category, staging_dim_category.fault; told_name, held_name, temporary tables
create or replace procedure import_dim_category()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;

    create or replace temporary table told_name engine = Aria transactional = 0 as
    select `row_number`, trim(category_id) as id, trim(name) as name, fault
    from staging_dim_category
    where fault is null;
    create or replace temporary table held_name engine = Aria transactional = 0 as
    select category_id as id, name from dim_category;
    call judge_names('categoryid', 'category');
    update staging_dim_category s
    join told_name t on t.`row_number` = s.`row_number`
    set s.fault = t.fault;
    delete from told_name where fault is not null;

    -- A name that goes to another id is given up first, for one that no file can tell.
    update dim_category d
    join told_name t on cast(t.id as signed) = d.category_id
    join told_name taking on taking.name = d.name and cast(taking.id as signed) <> d.category_id
    set d.name = concat(char(1 using utf8mb4), d.category_id);

    update dim_category d
    join told_name t on cast(t.id as signed) = d.category_id
    set d.name = t.name
    where d.name <> t.name;
    set v_updated = row_count();

    insert into dim_category (category_id, name)
    select cast(t.id as signed), t.name
    from told_name t
    left join dim_category d on d.category_id = cast(t.id as signed)
    where d.category_id is null;
    set v_inserted = row_count();

    select 'dim_category' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

-- purpose: turns staged DimCategory.csv into dim_category
-- reads: staging_dim_category
-- writes: dim_category, staging_dim_category.fault
create or replace procedure import_dim_category()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;

    update staging_dim_category
    set fault = case
            when trim(category_id) not regexp '^[0-9]{1,9}$'
                then 'categoryid: is not a whole number of 9 digits at most'
            when trim(name) = '' then 'category: is blank'
            when name regexp '[[:cntrl:]]' then 'category: has control characters'
            when char_length(trim(name)) > 100 then 'category: is longer than 100 letters'
        end
    where fault is null;

    update staging_dim_category s
    join (
        select cast(category_id as signed) as category_id, min(`row_number`) as first_row
        from staging_dim_category where fault is null
        group by cast(category_id as signed) having count(*) > 1
        order by null
    ) d on d.category_id = cast(s.category_id as signed)
    set s.fault = concat('categoryid: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_dim_category s
    join (
        select trim(name) as name, min(`row_number`) as first_row
        from staging_dim_category where fault is null
        group by trim(name) having count(*) > 1
    ) d on d.name = trim(s.name)
    set s.fault = concat('category: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_dim_category s
    join dim_category d on d.name = trim(s.name)
    set s.fault = 'category: another id has this name'
    where s.fault is null and d.category_id <> cast(s.category_id as signed);

    update staging_dim_category s
    join dim_category d on d.category_id = cast(s.category_id as signed)
    set d.name = trim(s.name)
    where s.fault is null and d.name <> trim(s.name);
    set v_updated = row_count();

    insert into dim_category (category_id, name)
    select cast(s.category_id as signed), trim(s.name)
    from staging_dim_category s
    left join dim_category d on d.category_id = cast(s.category_id as signed)
    where s.fault is null and d.category_id is null;
    set v_inserted = row_count();

    select 'dim_category' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

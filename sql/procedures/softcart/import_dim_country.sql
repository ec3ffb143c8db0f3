-- purpose: turns staged DimCountry.csv into dim_country
-- reads: staging_dim_country
-- writes: dim_country, staging_dim_country.fault; told_name, held_name, temporary tables
create or replace procedure import_dim_country()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;

    create or replace temporary table told_name engine = Aria transactional = 0 as
    select `row_number`, trim(country_id) as id, trim(name) as name, fault
    from staging_dim_country
    where fault is null;
    create or replace temporary table held_name engine = Aria transactional = 0 as
    select country_id as id, name from dim_country;
    call judge_names('countryid', 'country');
    update staging_dim_country s
    join told_name t on t.`row_number` = s.`row_number`
    set s.fault = t.fault;
    delete from told_name where fault is not null;

    -- A name that goes to another id is given up first, for one that no file can tell.
    update dim_country d
    join told_name t on cast(t.id as signed) = d.country_id
    join told_name taking on taking.name = d.name and cast(taking.id as signed) <> d.country_id
    set d.name = concat(char(1 using utf8mb4), d.country_id);

    update dim_country d
    join told_name t on cast(t.id as signed) = d.country_id
    set d.name = t.name
    where d.name <> t.name;
    set v_updated = row_count();

    insert into dim_country (country_id, name)
    select cast(t.id as signed), t.name
    from told_name t
    left join dim_country d on d.country_id = cast(t.id as signed)
    where d.country_id is null;
    set v_inserted = row_count();

    select 'dim_country' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

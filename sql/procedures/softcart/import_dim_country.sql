-- purpose: turns staged DimCountry.csv into dim_country
-- reads: staging_dim_country
-- writes: dim_country, staging_dim_country.fault
create or replace procedure import_dim_country()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;

    update staging_dim_country
    set fault = case
            when trim(country_id) not regexp '^[0-9]{1,9}$'
                then 'countryid: is not a whole number of 9 digits at most'
            when trim(name) = '' then 'country: is blank'
            when name regexp '[[:cntrl:]]' then 'country: has control characters'
            when char_length(trim(name)) > 100 then 'country: is longer than 100 letters'
        end
    where fault is null;

    update staging_dim_country s
    join (
        select cast(country_id as signed) as country_id, min(`row_number`) as first_row
        from staging_dim_country where fault is null
        group by cast(country_id as signed) having count(*) > 1
        order by null
    ) d on d.country_id = cast(s.country_id as signed)
    set s.fault = concat('countryid: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_dim_country s
    join (
        select trim(name) as name, min(`row_number`) as first_row
        from staging_dim_country where fault is null
        group by trim(name) having count(*) > 1
    ) d on d.name = trim(s.name)
    set s.fault = concat('country: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_dim_country s
    join dim_country d on d.name = trim(s.name)
    set s.fault = 'country: another id has this name'
    where s.fault is null and d.country_id <> cast(s.country_id as signed);

    update staging_dim_country s
    join dim_country d on d.country_id = cast(s.country_id as signed)
    set d.name = trim(s.name)
    where s.fault is null and d.name <> trim(s.name);
    set v_updated = row_count();

    insert into dim_country (country_id, name)
    select cast(s.country_id as signed), trim(s.name)
    from staging_dim_country s
    left join dim_country d on d.country_id = cast(s.country_id as signed)
    where s.fault is null and d.country_id is null;
    set v_inserted = row_count();

    select 'dim_country' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

-- purpose: finds the lines of staged catalog.json that can be loaded
-- reads: staging_catalog
-- writes: staging_catalog.fault
create or replace procedure judge_catalog()
modifies sql data
begin
    update staging_catalog
    set fault = case
            when trim(product_id) not regexp '^[0-9]{1,9}$' or cast(product_id as signed) = 0
                then 'product id: is not a whole number above 0 of 9 digits at most'
            when coalesce(regexp_replace(lower(trim(kind)), '[ _-]', ''), '')
                    not in ('laptop', 'television', 'smartphone')
                then 'type: is neither laptop nor television nor smart phone'
            when coalesce(trim(model), '') = '' then 'model: is blank or missing'
            when char_length(trim(model)) > 100 then 'model: is longer than 100 letters'
            when concat_ws('', model, brand, resolution) regexp '[[:cntrl:]]'
                then 'has control characters'
            when char_length(trim(brand)) > 100 then 'brand: is longer than 100 letters'
            when char_length(trim(resolution)) > 50 then 'resolution: is longer than 50 letters'
            when screen_size is not null and inches_of(screen_size) is null
                then 'screen size: is not a size like 15.6 inch'
            when ram is not null and gigabytes_of(ram) is null
                then 'ram: is not a size like 512MB or 8GB'
            when gigabytes_of(ram) <> round(gigabytes_of(ram), 3)
                then 'ram: has parts of a megabyte'
            when gigabytes_of(ram) >= 10000000 then 'ram: is 10 million GB or more'
            when hard_disk is not null and gigabytes_of(hard_disk) is null
                then 'hard disk: is not a size like 500MB or 1TB'
            when gigabytes_of(hard_disk) <> round(gigabytes_of(hard_disk), 3)
                then 'hard disk: has parts of a megabyte'
            when gigabytes_of(hard_disk) >= 1000000000 then 'hard disk: is a billion GB or more'
        end
    where fault is null;

    update staging_catalog s
    join (
        select cast(product_id as signed) as product_id, min(`row_number`) as first_row
        from staging_catalog where fault is null and product_id is not null
        group by cast(product_id as signed) having count(*) > 1
        order by null
    ) d on d.product_id = cast(s.product_id as signed)
    set s.fault = concat('product id: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;
end

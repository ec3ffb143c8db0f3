-- purpose: turns staged TAXRATES.csv into sales_tax
-- reads: staging_sales_tax
-- writes: sales_tax, staging_sales_tax.fault
-- Zips may have lost their leading zeros.
create or replace procedure import_sales_tax()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;
    declare v_rate varchar(50) default '^([01]([.]0*)?|0?[.][0-9]+)$';
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

    update staging_sales_tax
    set fault = case
            when trim(zip) not regexp '^[0-9]{1,5}$' then 'ZipCode: is not a zip of five digits'
            when trim(state) not regexp '^[A-Za-z]{2}$' then 'State: is not a state of two letters'
            when char_length(tax_region_name) > 100 then 'TaxRegionName: is longer than 100 letters'
            when trim(combined_rate) not regexp v_rate
                then 'EstimatedCombinedRate: is not a rate from 0 to 1'
            when trim(state_rate) not regexp v_rate then 'StateRate: is not a rate from 0 to 1'
            when trim(county_rate) not regexp v_rate
                then 'EstimatedCountyRate: is not a rate from 0 to 1'
            when trim(city_rate) not regexp v_rate
                then 'EstimatedCityRate: is not a rate from 0 to 1'
            when trim(special_rate) not regexp v_rate
                then 'EstimatedSpecialRate: is not a rate from 0 to 1'
            when trim(risk_level) not regexp '^[0-9]{1,2}$'
                then 'RiskLevel: is not a whole number below 100'
        end,
        -- Refused lines keep their text, to be shown.
        zip = if(fault is null, lpad(trim(zip), 5, '0'), zip)
    where fault is null;

    update staging_sales_tax s
    join (
        -- By number: grouping 40,000 texts of any length takes ten times as long.
        select cast(zip as unsigned) as zip, min(`row_number`) as first_row
        from staging_sales_tax where fault is null
        group by cast(zip as unsigned) having count(*) > 1
        order by null
    ) d on d.zip = s.zip
    set s.fault = concat('ZipCode: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_sales_tax s
    straight_join sales_tax t on t.zip = s.zip
    set
        t.state = upper(trim(s.state)),
        t.tax_region_name = trim(s.tax_region_name),
        t.combined_rate = s.combined_rate,
        t.state_rate = s.state_rate,
        t.county_rate = s.county_rate,
        t.city_rate = s.city_rate,
        t.special_rate = s.special_rate,
        t.risk_level = s.risk_level
    where s.fault is null
        and (
            t.state <> upper(trim(s.state))
            or t.tax_region_name <> trim(s.tax_region_name)
            or t.combined_rate <> cast(s.combined_rate as decimal(6,5))
            or t.state_rate <> cast(s.state_rate as decimal(6,5))
            or t.county_rate <> cast(s.county_rate as decimal(6,5))
            or t.city_rate <> cast(s.city_rate as decimal(6,5))
            or t.special_rate <> cast(s.special_rate as decimal(6,5))
            or t.risk_level <> cast(s.risk_level as unsigned)
        );
    set v_updated = row_count();

    insert into sales_tax (
        zip, state, tax_region_name,
        combined_rate, state_rate, county_rate, city_rate, special_rate, risk_level)
    select
        s.zip, upper(trim(s.state)), trim(s.tax_region_name),
        s.combined_rate, s.state_rate, s.county_rate, s.city_rate, s.special_rate, s.risk_level
    from staging_sales_tax s
    left join sales_tax t on t.zip = s.zip
    where s.fault is null and t.zip is null;
    set v_inserted = row_count();

    set @pos_bulk_load = null;
    select 'sales_tax' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

-- purpose: finds the lines of staged TAXRATES.csv that can be loaded
-- Zips may have lost their leading zeros.
-- reads: staging_sales_tax
-- writes: staging_sales_tax.fault
create or replace procedure judge_sales_tax()
modifies sql data
begin
    declare v_rate varchar(50) default '^([01]([.]0*)?|0?[.][0-9]+)$';
    declare v_line varchar(100) default
        '^[0-9]{1,5} [A-Za-z]{2}( ([01]([.]0*)?|0?[.][0-9]+)){5} [0-9]{1,2}$';

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
    -- One look at a whole line that is as it should be: field by field, 41,000 take twice as long.
    where fault is null
        and (
            char_length(zip) <> 5 or char_length(trim(zip)) <> 5
            or char_length(tax_region_name) > 100
            or concat(trim(zip), ' ', trim(state), ' ', trim(combined_rate), ' ', trim(state_rate),
                ' ', trim(county_rate), ' ', trim(city_rate), ' ', trim(special_rate),
                ' ', trim(risk_level)) not regexp v_line
        );

    update staging_sales_tax s
    join (
        -- By number: grouping 40,000 texts of any length takes ten times as long.
        select cast(zip as unsigned) as zip, min(`row_number`) as first_row
        from staging_sales_tax where fault is null
        group by cast(zip as unsigned) having count(*) > 1
        order by null
    ) d on d.zip = cast(s.zip as unsigned)
    set s.fault = concat('ZipCode: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;
end

-- purpose: turns staged TAXRATES.csv into sales_tax, after judge_sales_tax
-- reads: staging_sales_tax
-- writes: sales_tax
create or replace procedure import_sales_tax()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

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

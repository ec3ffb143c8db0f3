-- purpose: warns of each line of DimDate.csv that contradicts the calendar, which is used instead,
-- after import_source_dates
-- reads: staging_dim_date, source_date, dim_date
-- writes: vitrine_import_reject
create or replace procedure note_false_dates()
modifies sql data
begin
    insert into vitrine_import_reject (domain, severity, file, `row`, value, reason)
    select 'softcart', 'warning', 'DimDate.csv', `row_number`, left(value, 500),
        'contradicts the calendar, whose day is used'
    from (
        select s.`row_number`, concat_ws(', ',
            if(trim(s.day) = cast(d.day as char), null,
                concat('date ', trim(s.day), ' is ', d.day)),
            if(trim(s.year) = cast(d.year as char), null,
                concat('Year ', trim(s.year), ' is ', d.year)),
            if(trim(s.quarter) = cast(d.quarter as char), null,
                concat('Quarter ', trim(s.quarter), ' is ', d.quarter)),
            if(trim(s.quarter_name) = d.quarter_name, null,
                concat('QuarterName ', trim(s.quarter_name), ' is ', d.quarter_name)),
            if(trim(s.month) = cast(d.month as char), null,
                concat('Month ', trim(s.month), ' is ', d.month)),
            if(trim(s.month_name) = d.month_name, null,
                concat('Monthname ', trim(s.month_name), ' is ', d.month_name)),
            if(trim(s.day_of_month) = cast(d.day_of_month as char), null,
                concat('Day ', trim(s.day_of_month), ' is ', d.day_of_month)),
            if(trim(s.weekday) = cast(d.weekday as char), null,
                concat('Weekday ', trim(s.weekday), ' is ', d.weekday)),
            if(trim(s.weekday_name) = d.weekday_name, null,
                concat('WeekdayName ', trim(s.weekday_name), ' is ', d.weekday_name))
        ) as value
        from staging_dim_date s
        straight_join source_date n on n.source_date_id = cast(s.source_date_id as signed)
        straight_join dim_date d on d.date_id = n.date_id
        where s.fault is null
    ) line
    where value <> '';
end

-- purpose: finds which day each dateid of staged DimDate.csv means
-- reads: staging_dim_date, fact_orders_date
-- writes: source_date, a temporary table; staging_dim_date.fault
-- A dateid is a day itself, 20190131, or counts days: then as the sources told before, else as most
-- lines say. What else a line says of its day does not matter: see note_false_dates.
create or replace procedure judge_source_dates()
modifies sql data
begin
    -- From a dateid to its number of days since year 0.
    declare v_shift int default (
        select min(to_days(date_id) - source_date_id)
        from fact_orders_date
        where source_date_id < 10000000
    );

    update staging_dim_date
    set fault = 'dateid: is not a whole number of 8 digits at most'
    where fault is null and trim(source_date_id) not regexp '^[0-9]{1,8}$';

    create or replace temporary table source_date (
        source_date_id int not null,
        `row_number` int unsigned not null,
        told_day date null,
        date_id int null,
        primary key (source_date_id)
    ) engine = Aria transactional = 0;
    -- Ignored: lines of a dateid that a line before has.
    insert ignore into source_date (source_date_id, `row_number`, told_day, date_id)
    select source_date_id, `row_number`,
        if(trim(day) regexp '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
            and find_day_fault(left(trim(day), 4), substring(trim(day), 6, 2), right(trim(day), 2))
                is null, trim(day), null),
        if(source_date_id >= 10000000, source_date_id, null)
    from staging_dim_date
    where fault is null
    order by `row_number`;

    if v_shift is null then
        set v_shift = (
            select to_days(told_day) - source_date_id as shift
            from source_date
            where date_id is null and told_day is not null
            group by to_days(told_day) - source_date_id
            -- Days and months that were swapped agree by accident at most.
            having count(*) >= 10
            order by count(*) desc, shift
            limit 1
        );
    end if;
    update source_date
    set date_id = date_format(from_days(source_date_id + v_shift), '%Y%m%d')
    where date_id is null;

    update staging_dim_date s
    straight_join source_date d on d.source_date_id = cast(s.source_date_id as signed)
    set s.fault = case
            when d.`row_number` <> s.`row_number`
                then concat('dateid: was already given in line ', d.`row_number`)
            when d.date_id is null then 'dateid: no ten lines agree which day it means'
            else concat('dateid: ',
                find_day_fault(d.date_id div 10000, d.date_id div 100 mod 100, d.date_id mod 100))
        end
    where s.fault is null;
    delete from source_date
    where date_id is null
        or find_day_fault(date_id div 10000, date_id div 100 mod 100, date_id mod 100) is not null;
end

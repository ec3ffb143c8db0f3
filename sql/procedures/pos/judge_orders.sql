-- purpose: finds the lines of staged orders.csv that can be loaded, after import_customers
-- reads: staging_order, customer
-- writes: staging_order.fault
-- Shipped is a time, a day, the word Cancelled, or blank. Moments are compared as moments: as texts
-- 12:00 is before 12:00:00. A day without a time is before another only when the whole day is.
create or replace procedure judge_orders()
modifies sql data
begin
    declare v_time varchar(200) default concat(
        '^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])',
        '([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?Z?)?$');

    update staging_order
    set fault = case
            when trim(id) not regexp '^[0-9]{1,9}$' then 'OID: is not a whole number'
            when trim(customer_id) not regexp '^[0-9]{1,9}$' then 'CID: is not a whole number'
            when trim(ordered) not regexp v_time
                then 'Ordered: is not a time like 2005-12-31 23:59:59'
            when cast(substring(trim(ordered), 9, 2) as unsigned)
                    > day(last_day(concat(left(trim(ordered), 8), '01')))
                then 'Ordered: this month has no such day'
            when trim(shipped) = '' or lower(trim(shipped)) = 'cancelled' then null
            when trim(shipped) not regexp v_time
                then 'Shipped: is neither blank nor Cancelled nor a time like 2005-12-31 23:59:59'
            when cast(substring(trim(shipped), 9, 2) as unsigned)
                    > day(last_day(concat(left(trim(shipped), 8), '01')))
                then 'Shipped: this month has no such day'
            when cast(trim(trailing 'Z' from trim(shipped)) as datetime(6)) < if(
                    char_length(trim(shipped)) = 10,
                    cast(left(trim(ordered), 10) as datetime(6)),
                    cast(trim(trailing 'Z' from trim(ordered)) as datetime(6)))
                then 'Shipped: is before Ordered'
        end,
        -- Refused lines keep their text, to be shown.
        ordered = if(fault is null, trim(trailing 'Z' from trim(ordered)), ordered),
        shipped = if(fault is null, trim(trailing 'Z' from trim(shipped)), shipped)
    where fault is null;

    update staging_order s
    join (
        select cast(id as signed) as id, min(`row_number`) as first_row
        from staging_order where fault is null
        group by cast(id as signed) having count(*) > 1
        order by null
    ) d on d.id = cast(s.id as signed)
    set s.fault = concat('OID: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_order s
    left join customer c on c.customer_id = cast(s.customer_id as signed)
    set s.fault = 'CID: there is no such customer, or it was refused'
    where s.fault is null and c.customer_id is null;
end

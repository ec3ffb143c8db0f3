-- purpose: finds the lines of staged orders.csv that can be loaded, after import_customers
-- reads: staging_order, customer   writes: staging_order.fault, clean_order
-- Shipped is a time, the word Cancelled, or blank. Leaves the good ones in the temporary table
-- clean_order.
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
            when substring(trim(ordered), 9, 2)
                    > day(last_day(concat(left(trim(ordered), 8), '01')))
                then 'Ordered: this month has no such day'
            when trim(shipped) = '' or lower(trim(shipped)) = 'cancelled' then null
            when trim(shipped) not regexp v_time
                then 'Shipped: is neither blank nor Cancelled nor a time like 2005-12-31 23:59:59'
            when substring(trim(shipped), 9, 2)
                    > day(last_day(concat(left(trim(shipped), 8), '01')))
                then 'Shipped: this month has no such day'
            when replace(trim(shipped), 'T', ' ') < replace(trim(ordered), 'T', ' ')
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
    ) d on d.id = s.id
    set s.fault = concat('OID: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_order s
    left join customer c on c.customer_id = cast(s.customer_id as signed)
    set s.fault = 'CID: there is no such customer, or it was refused'
    where s.fault is null and c.customer_id is null;

    create or replace temporary table clean_order (
        order_id int not null,
        customer_id int not null,
        date_placed datetime(3) not null,
        date_shipped datetime(3) null,
        status varchar(9) not null,
        subtotal decimal(14,2) not null default 0,
        sales_tax decimal(14,2) not null default 0,
        primary key (order_id)
    ) engine = Aria transactional = 0;

    insert into clean_order (order_id, customer_id, date_placed, date_shipped, status)
    select
        cast(id as signed),
        cast(customer_id as signed),
        ordered,
        if(shipped = '' or lower(shipped) = 'cancelled', null, shipped),
        case
            when shipped = '' then 'placed'
            when lower(shipped) = 'cancelled' then 'cancelled'
            else 'shipped'
        end
    from staging_order
    where fault is null;
end

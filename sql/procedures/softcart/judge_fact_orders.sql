-- purpose: finds the lines of staged FactSales.csv that can be loaded, after the dimensions
-- reads: staging_fact_orders, fact_orders_date, dim_country, dim_category
-- writes: clean_fact_orders, a temporary table; staging_fact_orders.fault
create or replace procedure judge_fact_orders()
modifies sql data
begin
    declare v_line varchar(200) default concat(
        '^ *[0-9]{1,18} *, *[0-9]{1,8} *, *[0-9]{1,9} *, *[0-9]{1,9} *,',
        ' *[0-9]{1,10}([.][0-9]{1,2})? *$');

    update staging_fact_orders
    set fault = case
            when trim(order_id) not regexp '^[0-9]{1,18}$'
                then 'orderid: is not a whole number of 18 digits at most'
            when trim(source_date_id) not regexp '^[0-9]{1,8}$'
                then 'dateid: is not a whole number of 8 digits at most'
            when trim(country_id) not regexp '^[0-9]{1,9}$'
                then 'countryid: is not a whole number of 9 digits at most'
            when trim(category_id) not regexp '^[0-9]{1,9}$'
                then 'categoryid: is not a whole number of 9 digits at most'
            when trim(amount) not regexp '^[0-9]+([.][0-9]{1,2})?$'
                then 'amount: is not an amount with two decimals at most'
            else 'amount: has more than 10 digits before the decimals'
        end
    -- One look at a whole line that is as it should be.
    where fault is null
        and concat(order_id, ',', source_date_id, ',', country_id, ',', category_id, ',', amount)
            not regexp v_line;

    create or replace temporary table clean_fact_orders (
        order_id bigint not null,
        `row_number` int unsigned not null,
        date_id int null,
        country_id int null,
        category_id int null,
        amount decimal(12,2) not null,
        is_new boolean not null default true,
        primary key (order_id)
    ) engine = Aria transactional = 0;
    -- Ignored: lines of an order that a line before has.
    insert ignore into clean_fact_orders
        (order_id, `row_number`, date_id, country_id, category_id, amount)
    select s.order_id, s.`row_number`, d.date_id, c.country_id, k.category_id, s.amount
    from staging_fact_orders s
    left join fact_orders_date d on d.source_date_id = cast(s.source_date_id as signed)
    left join dim_country c on c.country_id = cast(s.country_id as signed)
    left join dim_category k on k.category_id = cast(s.category_id as signed)
    where s.fault is null;

    if (select count(*) from clean_fact_orders)
            < (select count(*) from staging_fact_orders where fault is null) then
        update staging_fact_orders s
        straight_join clean_fact_orders c on c.order_id = cast(s.order_id as signed)
        set s.fault = concat('orderid: was already given in line ', c.`row_number`)
        where s.fault is null and c.`row_number` <> s.`row_number`;
    end if;

    if exists (
        select 1 from clean_fact_orders where date_id + country_id + category_id is null
    ) then
        update staging_fact_orders s
        straight_join clean_fact_orders c on c.order_id = cast(s.order_id as signed)
        set s.fault = case
                when c.date_id is null
                    then 'dateid: is no day, and no DimDate.csv has told which day it means'
                when c.country_id is null
                    then 'countryid: there is no such country, or it was refused'
                else 'categoryid: there is no such category, or it was refused'
            end
        where s.fault is null and c.date_id + c.country_id + c.category_id is null;
        delete from clean_fact_orders where date_id + country_id + category_id is null;
    end if;
end

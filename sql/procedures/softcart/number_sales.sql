-- purpose: finds the sales without a row id that are new, and those whose row id is known now,
-- after compare_sales; how many rows will be written
-- reads: seen_sale, sale_group, softcart_sales, dim_date
-- writes: changed_sale; gone_sale, needed_day, temporary tables
create or replace procedure number_sales()
modifies sql data
begin
    declare v_least bigint default (select least(coalesce(min(row_id), 0), 0) from softcart_sales);
    declare v_changed, v_gone, v_days int;

    create or replace temporary table unnumbered_sale (
        row_id bigint not null,
        group_id int not null,
        sold_at datetime(3) not null,
        place int not null,
        primary key (row_id)
    ) engine = Aria transactional = 0;
    insert into unnumbered_sale (row_id, group_id, sold_at, place)
    select s.row_id, g.group_id, s.sold_at,
        row_number() over (partition by g.group_id, s.sold_at order by s.row_id desc)
    from sale_group g
    straight_join softcart_sales s force index (softcart_sales_product_id_customer_id_ix)
        using (product_id, customer_id, price, quantity)
    where s.told_to = 'no id';

    create or replace temporary table numbered_sale (
        seen_id int not null,
        group_id int not null,
        sold_at datetime(3) not null,
        place int not null,
        primary key (group_id, sold_at, place)
    ) engine = Aria transactional = 0;
    insert into numbered_sale (seen_id, group_id, sold_at, place)
    select seen_id, group_id, sold_at,
        row_number() over (partition by group_id, sold_at order by copy)
    from seen_sale;

    create or replace temporary table gone_sale (
        row_id bigint not null,
        primary key (row_id)
    ) engine = Aria transactional = 0;
    insert into gone_sale (row_id)
    select u.row_id
    from unnumbered_sale u
    left join numbered_sale n using (group_id, sold_at, place)
    where n.place is null;
    set v_gone = row_count();

    delete n
    from numbered_sale n
    join unnumbered_sale u using (group_id, sold_at, place);
    insert into changed_sale (row_id, group_id, sold_at, is_timed, told_to, loaded_at, is_new)
    select v_least - row_number() over (order by sold_at, seen_id), group_id, sold_at, true,
        'no id', utc_timestamp(3), true
    from numbered_sale;

    create or replace temporary table needed_day (date_id int not null, primary key (date_id));
    insert into needed_day (date_id)
    select distinct year(sold_at) * 10000 + month(sold_at) * 100 + dayofmonth(sold_at)
    from changed_sale;
    set v_changed = (select count(*) from changed_sale),
        v_days = (
            select count(*) from needed_day n
            where not exists (select 1 from dim_date d where d.date_id = n.date_id)
        );
    select 'softcart_sales' as table_name, v_changed + v_gone as writing
    union all select 'fact_sales', v_changed + v_gone
    union all select 'dim_date', v_days;
end

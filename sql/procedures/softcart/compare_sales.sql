-- purpose: finds the sales with a row id that are new or not as they are known now, after
-- match_sales
-- reads: known_sale, sale_group, softcart_sales
-- writes: changed_sale, a temporary table
create or replace procedure compare_sales()
modifies sql data
begin
    create or replace temporary table changed_sale (
        row_id bigint not null,
        group_id int not null,
        sold_at datetime(3) not null,
        is_timed boolean not null,
        told_to varchar(6) not null,
        loaded_at datetime(3) not null,
        is_new boolean not null,
        primary key (row_id)
    ) engine = Aria transactional = 0;
    insert into changed_sale (row_id, group_id, sold_at, is_timed, told_to, loaded_at, is_new)
    select k.row_id, k.group_id, k.sold_at, k.is_timed, k.told_to, k.loaded_at, s.row_id is null
    from (
        select row_id, group_id, told_to, loaded_at,
            told_to <> 'none' or matched_at is not null as is_timed,
            if(told_to = 'second', told_at, coalesce(matched_at, told_at, loaded_at)) as sold_at
        from known_sale
        where not is_former
    ) k
    join sale_group g on g.group_id = k.group_id
    left join softcart_sales s force index (primary) on s.row_id = k.row_id
    where not (
        s.product_id, s.customer_id, s.price, s.quantity, s.sold_at, s.is_timed, s.told_to
    ) <=> (
        g.product_id, g.customer_id, g.price, g.quantity, k.sold_at, k.is_timed, k.told_to
    );
end

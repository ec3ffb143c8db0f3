-- purpose: make mv_product_buyers and mv_customer_purchases what their views are, in one
-- transaction
-- The triggers keep them so; this is for data that was loaded without. Only rows that differ are
-- written.
-- reads: product, customer, order, orderline
-- writes: mv_product_buyers, mv_customer_purchases
create or replace procedure refresh_materialized_views()
modifies sql data
begin
    declare v_own boolean default not @@in_transaction;
    declare v_max_len bigint unsigned default @@group_concat_max_len;
    declare exit handler for sqlexception begin
        set session group_concat_max_len = v_max_len;
        if v_own then rollback; end if;
        resignal;
    end;

    if v_own then start transaction; end if;
    set session group_concat_max_len = 1073741824;

    create or replace temporary table fresh_purchase (
        primary key (product_id, customer_id), key (customer_id, product_id)
    ) engine = Aria transactional = 0
    select distinct l.product_id, o.customer_id
    from orderline l
    straight_join `order` o on o.order_id = l.order_id
    lock in share mode;

    delete m from mv_product_buyers m
    left join product p on p.product_id = m.product_id
    where p.product_id is null;
    delete m from mv_customer_purchases m
    left join customer c on c.customer_id = m.customer_id
    where c.customer_id is null;

    insert into mv_product_buyers (product_id, name, entries)
    select p.product_id, p.name, coalesce(b.entries, '')
    from product p
    left join (
        select
            f.product_id,
            group_concat(concat(c.customer_id, ' ', c.first_name, ' ', c.last_name)
                order by c.customer_id separator x'1e') as entries
        from fresh_purchase f
        straight_join customer c on c.customer_id = f.customer_id
        group by f.product_id
    ) b on b.product_id = p.product_id
    on duplicate key update name = values(name), entries = values(entries);

    insert into mv_customer_purchases (customer_id, first_name, last_name, entries)
    select c.customer_id, c.first_name, c.last_name, coalesce(b.entries, '')
    from customer c
    left join (
        select
            f.customer_id,
            group_concat(concat(p.product_id, ' ', p.name)
                order by p.product_id separator x'1e') as entries
        from fresh_purchase f
        straight_join product p on p.product_id = f.product_id
        group by f.customer_id
    ) b on b.customer_id = c.customer_id
    on duplicate key update
        first_name = values(first_name), last_name = values(last_name), entries = values(entries);

    drop temporary table fresh_purchase;
    set session group_concat_max_len = v_max_len;
    if v_own then commit; end if;
end

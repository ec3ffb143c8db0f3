-- purpose: gathers in groups the sales that may be the same, of one product, customer, price and
-- quantity, as far as the files tell of one of them; and what files without row ids tell of them
-- reads: told_sale, clean_sale, softcart_sales
-- writes: sale_group, seen_sale, temporary tables; softcart_sales_seen
create or replace procedure group_sales()
modifies sql data
begin
    declare v_copy int default 0;

    create or replace temporary table sale_group (
        group_id int not null auto_increment,
        product_id int not null,
        customer_id int not null,
        price decimal(10,2) not null,
        quantity int not null,
        primary key (group_id),
        unique key (product_id, customer_id, price, quantity)
    ) engine = Aria transactional = 0;
    insert ignore into sale_group (product_id, customer_id, price, quantity)
    select product_id, customer_id, price, quantity from told_sale where fault is null
    union all
    -- What a sale was until now, its equals may be still.
    select s.product_id, s.customer_id, s.price, s.quantity
    from clean_sale c
    join softcart_sales s force index (primary) on s.row_id = c.row_id;

    insert into softcart_sales_seen (product_id, customer_id, price, quantity, sold_at, copies)
    select product_id, customer_id, price, quantity, sold_at, copies
    from (
        select g.product_id, g.customer_id, g.price, g.quantity,
            cast(t.sold_at as datetime) as sold_at, count(*) as copies
        from told_sale t
        join sale_group g on g.product_id = cast(t.product_id as signed)
            and g.customer_id = cast(t.customer_id as signed)
            and g.price = cast(t.price as decimal(10,2))
            and g.quantity = cast(t.quantity as signed)
        where t.fault is null and t.row_id is null
        group by g.group_id, cast(t.sold_at as datetime)
    ) told
    -- The same lines again are the same sales: the file with most of them tells how many.
    on duplicate key update copies = greatest(softcart_sales_seen.copies, told.copies);

    create or replace temporary table seen_sale (
        seen_id int not null auto_increment,
        group_id int not null,
        sold_at datetime not null,
        copy int not null,
        primary key (seen_id)
    ) engine = Aria transactional = 0;
    repeat
        set v_copy = v_copy + 1;
        insert into seen_sale (group_id, sold_at, copy)
        select g.group_id, s.sold_at, v_copy
        from sale_group g
        straight_join softcart_sales_seen s using (product_id, customer_id, price, quantity)
        where s.copies >= v_copy;
    until row_count() = 0 end repeat;
end

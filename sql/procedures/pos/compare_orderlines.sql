-- purpose: finds the orders whose lines the files change, after judge_orderlines
-- reads: clean_order, clean_line, order, orderline with its history
-- writes: changed_order, clean_line
-- Leaves orders that are in the shop already in the temporary table changed_order; a line of theirs
-- that the files lack joins clean_line with quantity 0.
create or replace procedure compare_orderlines()
modifies sql data
begin
    declare v_locked int;

    create or replace temporary table changed_order (
        order_id int not null,
        kept varchar(200) null,
        primary key (order_id)
    ) engine = Aria transactional = 0
    select distinct c.order_id
    from clean_line c
    straight_join `order` o on o.order_id = c.order_id
    where not (c.quantity <=> c.old_quantity)
    union distinct
    select distinct n.order_id
    from clean_order n
    straight_join orderline l on l.order_id = n.order_id
    left join clean_line c on c.order_id = l.order_id and c.product_id = l.product_id
    where c.order_id is null;

    -- Terminals lock an order before they write its lines: from here on these lines stay as they
    -- are until the import has written them. What came in between is read again.
    select count(*) into v_locked
    from changed_order n
    straight_join `order` o on o.order_id = n.order_id
    for update;

    update changed_order n
    straight_join clean_line c on c.order_id = n.order_id
    left join orderline l on l.order_id = c.order_id and l.product_id = c.product_id
    set c.old_quantity = l.quantity, c.unit_price = coalesce(l.unit_price, c.unit_price);

    insert into clean_line (order_id, product_id, quantity, old_quantity, unit_price)
    select l.order_id, l.product_id, 0, l.quantity, l.unit_price
    from changed_order n
    straight_join orderline l on l.order_id = n.order_id
    left join clean_line c on c.order_id = l.order_id and c.product_id = l.product_id
    where c.order_id is null;

    -- A line that comes back has the price that was paid, not that of today.
    update clean_line c
    set c.unit_price = coalesce((
        select h.unit_price
        from orderline for system_time all h
        where h.order_id = c.order_id and h.product_id = c.product_id
        order by h.row_end desc
        limit 1
    ), c.unit_price)
    where c.old_quantity is null and c.order_id in (select order_id from changed_order);
end

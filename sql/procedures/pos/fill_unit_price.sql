-- purpose: give lines that were loaded without a price that of their product today
-- A line at 0 that nothing notes was given away, and stays so; so does a noted one that has a price
-- by now. By a temporary table: a statement that names product cannot fire a trigger that writes
-- it.
-- reads: line_without_price, product
-- writes: orderline, line_without_price
create or replace procedure fill_unit_price()
modifies sql data
begin
    declare v_filled int;

    create or replace temporary table missing_price (primary key (order_id, product_id))
    engine = Aria transactional = 0
    select n.order_id, n.product_id, p.current_price
    from line_without_price n
    join product p on p.product_id = n.product_id;

    set statement sql_safe_updates = 0 for
    update missing_price m
    straight_join orderline l on l.order_id = m.order_id and l.product_id = m.product_id
    set l.unit_price = m.current_price
    where l.unit_price = 0;
    set v_filled = row_count();

    set statement sql_safe_updates = 0 for
    delete n
    from missing_price m
    straight_join line_without_price n
        on n.order_id = m.order_id and n.product_id = m.product_id;

    select v_filled as filled;
    drop temporary table missing_price;
end

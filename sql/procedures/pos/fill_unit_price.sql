-- purpose: give lines without a price (0: loaded before their product's price was known) that of
-- today
-- By a temporary table: a statement that names product cannot fire a trigger that writes it.
-- reads: orderline, product
-- writes: orderline
create or replace procedure fill_unit_price()
modifies sql data
begin
    create or replace temporary table missing_price (primary key (order_id, product_id))
    engine = Aria transactional = 0
    select l.order_id, l.product_id, p.current_price
    from orderline l
    join product p on p.product_id = l.product_id
    where l.unit_price = 0 and p.current_price > 0;

    update missing_price m
    straight_join orderline l on l.order_id = m.order_id and l.product_id = m.product_id
    set l.unit_price = m.current_price;

    select count(*) as filled from missing_price;
    drop temporary table missing_price;
end

-- purpose: pieces sold and money taken between two days, both included, of one product or (null) of
-- all
-- Cancelled orders are left out; money is before tax.
-- signals: 30001, 30004, 30009
create or replace procedure sales_report(in_from date, in_to date, in_product_id int)
reads sql data
begin
    declare v_product_id int;
    declare continue handler for not found begin end;

    -- Not `if exists (select …)`: that locks what it reads, and would wait for sales.
    select product_id into v_product_id from product where product_id = in_product_id;
    if in_from is null or in_to is null then
        call refuse(30001, 'The first or the last day is missing.', null, null);
    elseif in_from > in_to then
        call refuse(30009, 'The first day is after the last.', 'to', null);
    elseif in_product_id is not null and v_product_id is null then
        call refuse(
            30004, concat('There is no product ', in_product_id, '.'),
            'product_id', concat('product_id = ', in_product_id));
    end if;

    select
        coalesce(sum(l.quantity), 0) as quantity_sold,
        coalesce(sum(l.line_total), 0) as total_amount
    from `order` o
    join orderline l on l.order_id = o.order_id
    where o.placed_on between in_from and in_to
        and o.status <> 'cancelled'
        and (in_product_id is null or l.product_id = in_product_id);
end

-- purpose: compute subtotal and tax of every order anew from its lines, for data loaded without the
-- rules
-- reads: order, orderline, customer, sales_tax
-- writes: order
create or replace procedure fill_order_total()
modifies sql data
begin
    declare v_filled int default 0;
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

    create or replace temporary table right_total (primary key (order_id))
    engine = Aria transactional = 0
    select s.order_id, s.subtotal, round(s.subtotal * coalesce(t.combined_rate, 0), 2) as sales_tax
    from (
        select o.order_id, o.customer_id, coalesce(sum(l.line_total), 0) as subtotal
        from `order` o
        left join orderline l on l.order_id = o.order_id
        group by o.order_id
    ) s
    join customer c on c.customer_id = s.customer_id
    left join sales_tax t on t.zip = c.zip;

    set statement sql_safe_updates = 0 for
    update right_total r
    straight_join `order` o on o.order_id = r.order_id
    set o.subtotal = r.subtotal, o.sales_tax = r.sales_tax
    where o.subtotal <> r.subtotal or o.sales_tax <> r.sales_tax;
    set v_filled = row_count();

    set @pos_bulk_load = null;
    select v_filled as filled;
    drop temporary table right_total;
end

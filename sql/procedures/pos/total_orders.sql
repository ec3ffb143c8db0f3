-- purpose: gives clean_order the totals of the orders that are new or whose lines change, after
-- keep_orders
-- reads: clean_line, customer, sales_tax
-- writes: clean_order
create or replace procedure total_orders()
modifies sql data
begin
    update clean_order n
    straight_join (
        select order_id, sum(quantity * unit_price) as subtotal
        from clean_line
        group by order_id
        having sum(quantity <=> old_quantity) < count(*)
    ) s on s.order_id = n.order_id
    straight_join customer c on c.customer_id = n.customer_id
    left join sales_tax t on t.zip = c.zip
    set n.subtotal = s.subtotal, n.sales_tax = round(s.subtotal * coalesce(t.combined_rate, 0), 2);
end

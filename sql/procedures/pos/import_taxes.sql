-- purpose: tax all orders anew where a rate or a customer's zip has changed, after the import
-- reads: customer, sales_tax
-- writes: order
create or replace procedure import_taxes()
modifies sql data
begin
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

    create or replace temporary table clean_tax (primary key (order_id))
    engine = Aria transactional = 0
    select o.order_id, round(o.subtotal * coalesce(t.combined_rate, 0), 2) as sales_tax
    from `order` o
    straight_join customer c on c.customer_id = o.customer_id
    left join sales_tax t on t.zip = c.zip
    where o.sales_tax <> round(o.subtotal * coalesce(t.combined_rate, 0), 2);

    update clean_tax n
    straight_join `order` o on o.order_id = n.order_id
    set o.sales_tax = n.sales_tax;

    drop temporary table clean_tax;
    set @pos_bulk_load = null;
end

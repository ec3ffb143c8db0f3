-- purpose: orders of the customers of a zip are taxed anew when its rate changes
create or replace trigger sales_tax_after_delete
after delete on sales_tax for each row
if @pos_bulk_load is null then
    set statement sql_safe_updates = 0 for
    update customer c
    straight_join `order` o on o.customer_id = c.customer_id
    left join sales_tax t on t.zip = c.zip
    set o.sales_tax = round(o.subtotal * coalesce(t.combined_rate, 0), 2)
    where c.zip in (old.zip)
        and o.sales_tax <> round(o.subtotal * coalesce(t.combined_rate, 0), 2);
end if

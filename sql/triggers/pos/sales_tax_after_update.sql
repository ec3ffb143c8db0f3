-- purpose: orders of the customers of a zip are taxed anew when its rate changes
create or replace trigger sales_tax_after_update
after update on sales_tax for each row
if @pos_bulk_load is null and (new.zip <> old.zip or new.combined_rate <> old.combined_rate) then
    set statement sql_safe_updates = 0 for
    update customer c
    straight_join `order` o on o.customer_id = c.customer_id
    left join sales_tax t on t.zip = c.zip
    set o.sales_tax = round(o.subtotal * coalesce(t.combined_rate, 0), 2)
    where c.zip in (old.zip, new.zip)
        and o.sales_tax <> round(o.subtotal * coalesce(t.combined_rate, 0), 2);
end if

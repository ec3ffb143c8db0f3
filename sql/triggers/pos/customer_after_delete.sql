-- purpose: a customer who is gone has no row in mv_customer_purchases
create or replace trigger customer_after_delete
after delete on customer for each row
if @pos_bulk_load is null then
    delete from mv_customer_purchases where customer_id = old.customer_id;
end if

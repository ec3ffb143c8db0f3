-- purpose: a new customer has a row in mv_customer_purchases, with no purchases
create or replace trigger customer_after_insert
after insert on customer for each row
if @pos_bulk_load is null then
    insert into mv_customer_purchases (customer_id, first_name, last_name)
    values (new.customer_id, new.first_name, new.last_name);
end if

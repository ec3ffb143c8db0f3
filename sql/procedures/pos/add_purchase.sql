-- purpose: note in the materialised views that a customer has bought a product
-- Its caller has locked both rows, and each has the other's name: a rename that is under way waits
-- for them, and then finds this purchase. Names are read only for a purchase that is new.
-- writes: mv_product_buyers, mv_customer_purchases
create or replace procedure add_purchase(in_customer_id int, in_product_id int)
modifies sql data
begin
    update mv_product_buyers
    set entries = put_entry(entries, in_customer_id, (
        select concat(c.first_name, ' ', c.last_name)
        from mv_customer_purchases c where c.customer_id = in_customer_id
        lock in share mode))
    where product_id = in_product_id
        and locate(concat(x'1e', in_customer_id, ' '), concat(x'1e', entries)) = 0;

    update mv_customer_purchases
    set entries = put_entry(entries, in_product_id, (
        select p.name from mv_product_buyers p where p.product_id = in_product_id
        lock in share mode))
    where customer_id = in_customer_id
        and locate(concat(x'1e', in_product_id, ' '), concat(x'1e', entries)) = 0;
end

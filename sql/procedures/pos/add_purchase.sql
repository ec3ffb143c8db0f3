-- purpose: note in the materialised views that a customer has bought a product
-- Names are read as they are now (locked): a rename that is under way is waited for.
-- reads: customer, product
-- writes: mv_product_buyers, mv_customer_purchases
create or replace procedure add_purchase(in_customer_id int, in_product_id int)
modifies sql data
begin
    declare v_customer, v_product varchar(300);

    select concat(first_name, ' ', last_name) into v_customer
    from customer where customer_id = in_customer_id lock in share mode;
    select name into v_product
    from product where product_id = in_product_id lock in share mode;

    update mv_product_buyers
    set entries = put_entry(entries, in_customer_id, v_customer)
    where product_id = in_product_id
        and locate(concat(x'1e', in_customer_id, ' '), concat(x'1e', entries)) = 0;

    update mv_customer_purchases
    set entries = put_entry(entries, in_product_id, v_product)
    where customer_id = in_customer_id
        and locate(concat(x'1e', in_product_id, ' '), concat(x'1e', entries)) = 0;
end

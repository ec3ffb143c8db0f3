-- purpose: combined sales tax rate where a customer lives; 0 when the zip has none
-- reads: customer, sales_tax, both as they are now (locked), not as the transaction first saw them:
-- an order that waited for a move of its customer must be taxed where the customer moved to
create or replace function tax_rate_of(in_customer_id int) returns decimal(6,5)
reads sql data
begin
    declare v_rate decimal(6,5) default 0;
    declare continue handler for not found set v_rate = 0;

    select t.combined_rate into v_rate
    from customer c
    straight_join sales_tax t on t.zip = c.zip
    where c.customer_id = in_customer_id
    lock in share mode;

    return v_rate;
end

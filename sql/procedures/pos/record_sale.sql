-- purpose: place an order with all its lines, or nothing; lines are [{"productId": 1, "quantity":
-- 2}, …]
-- A caller who has a transaction keeps it: a sale that fails takes back its own part. Products are
-- sold in the order of their ids, so that two sales never wait for each other.
-- signals: 30001, 30002, 30003, 30004, 30006, 30008
create or replace procedure record_sale(in_customer_id int, in_lines json)
modifies sql data
begin
    declare v_own boolean default not @@in_transaction;
    declare v_order_id int;
    declare v_unknown, v_odd varchar(20);
    declare v_fault boolean default true;
    declare exit handler for sqlexception begin
        -- The server keeps number and text of what is signalled again, and forgets these.
        declare v_field, v_about varchar(64);
        get diagnostics condition 1 v_field = column_name, v_about = constraint_name;
        if v_own then rollback; else rollback to savepoint record_sale; end if;
        resignal set column_name = v_field, constraint_name = v_about;
    end;
    -- These have taken back the whole transaction, and the savepoint with it.
    declare exit handler for 1213, 1020 begin
        resignal;
    end;

    if v_own then start transaction; end if;
    savepoint record_sale;

    if in_customer_id is null or in_lines is null then
        call refuse(30001, 'The customer or the lines are missing.', null, null);
    elseif not exists (select 1 from customer where customer_id = in_customer_id) then
        call refuse(
            30003, concat('There is no customer ', in_customer_id, '.'),
            'customer_id', concat('customer_id = ', in_customer_id));
    elseif not json_valid(in_lines) then
        call refuse(30008, 'The lines are not JSON.', 'lines', null);
    elseif json_type(in_lines) <> 'ARRAY' or json_length(in_lines) not between 1 and 1000 then
        call refuse(30008, 'The lines must be an array of 1 to 1,000 objects.', 'lines', null);
    end if;

    select
        max(coalesce(t.product_id, '') not regexp '^-?[0-9]{1,10}$'
            or coalesce(t.quantity, '') not regexp '^-?[0-9]{1,9}$'),
        min(if(p.product_id is null, t.product_id, null)),
        min(if(t.quantity not between 1 and 1000000, t.product_id, null))
    into v_fault, v_unknown, v_odd
    from json_table(in_lines, '$[*]' columns (
        product_id varchar(20) path '$.productId',
        quantity varchar(20) path '$.quantity'
    )) t
    left join product p on p.product_id = t.product_id;
    if v_fault then
        call refuse(
            30008, 'Each line must have a productId and a quantity, both whole numbers.',
            'lines', null);
    elseif v_unknown is not null then
        call refuse(
            30004, concat('There is no product ', v_unknown, '.'),
            'product_id', concat('product_id = ', v_unknown));
    elseif v_odd is not null then
        call refuse(
            30002, 'The quantity must be 1 to 1,000,000.',
            'quantity', concat('product_id = ', v_odd));
    end if;

    insert into `order` (customer_id) values (in_customer_id);
    set v_order_id = last_insert_id();
    insert into orderline (order_id, product_id, quantity)
    select v_order_id, t.product_id, sum(t.quantity)
    from json_table(in_lines, '$[*]' columns (
        product_id int path '$.productId',
        quantity int path '$.quantity'
    )) t
    group by t.product_id
    order by t.product_id;

    if v_own then commit; end if;
    select order_id, subtotal, sales_tax, total from `order` where order_id = v_order_id;
end

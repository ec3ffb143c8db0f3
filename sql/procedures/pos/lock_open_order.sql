-- purpose: lock an order that is placed and neither shipped nor cancelled, else refuse
-- signals: 30001, 30005, 30007
create or replace procedure lock_open_order(in_order_id int)
modifies sql data
begin
    declare v_status varchar(9);
    declare v_about varchar(64);
    declare continue handler for not found begin end;

    if in_order_id is null then
        call refuse(30001, 'The order is missing.', 'order_id', null);
    end if;
    set v_about = concat('order_id = ', in_order_id);
    select status into v_status from `order` where order_id = in_order_id for update;
    if v_status is null then
        call refuse(
            30005, concat('There is no order ', in_order_id, '.'), 'order_id', v_about);
    elseif v_status <> 'placed' then
        call refuse(
            30007, concat('Order ', in_order_id, ' is ', v_status, ' already.'),
            'order_id', v_about);
    end if;
end

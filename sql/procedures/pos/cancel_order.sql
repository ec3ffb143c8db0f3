-- purpose: cancel an order that is not shipped; its stock comes back
-- signals: 30001, 30005, 30007
create or replace procedure cancel_order(in_order_id int)
modifies sql data
begin
    call lock_open_order(in_order_id);
    update `order` set status = 'cancelled' where order_id = in_order_id;
    select order_id, status from `order` where order_id = in_order_id;
end

-- purpose: note that an order has left, now
-- signals: 30001, 30005, 30007
create or replace procedure ship_order(in_order_id int)
modifies sql data
begin
    call lock_open_order(in_order_id);
    update `order`
    set status = 'shipped', date_shipped = utc_timestamp(3)
    where order_id = in_order_id;
    select order_id, status, date_shipped from `order` where order_id = in_order_id;
end

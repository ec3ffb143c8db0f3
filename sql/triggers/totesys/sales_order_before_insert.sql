-- purpose: the days of a sale are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger sales_order_before_insert
before insert on sales_order for each row
begin
    call need_told_day('agreed_delivery_date', new.agreed_delivery_date);
    call need_told_day('agreed_payment_date', new.agreed_payment_date);
    call need_told_day('created_at', left(cast(new.created_at as char), 10));
    call need_told_day('last_updated', left(cast(new.last_updated as char), 10));
end

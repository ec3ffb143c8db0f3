-- purpose: the days of a purchase are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger purchase_order_before_insert
before insert on purchase_order for each row
begin
    call read_day('agreed_delivery_date', new.agreed_delivery_date, new.agreed_delivery_on);
    call read_day('agreed_payment_date', new.agreed_payment_date, new.agreed_payment_on);
    call need_day_of(new.created_at);
    call need_day_of(new.last_updated);
end

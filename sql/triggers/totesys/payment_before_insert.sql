-- purpose: the days of a payment are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger payment_before_insert
before insert on payment for each row
begin
    call read_day('payment_date', new.payment_date, new.payment_on);
    call need_day_of(new.created_at);
    call need_day_of(new.last_updated);
end

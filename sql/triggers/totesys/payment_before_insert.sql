-- purpose: the days of a payment are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger payment_before_insert
before insert on payment for each row
begin
    call need_told_day('payment_date', new.payment_date);
    call need_told_day('created_at', left(cast(new.created_at as char), 10));
    call need_told_day('last_updated', left(cast(new.last_updated as char), 10));
end

-- purpose: new days of a payment are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger payment_before_update
before update on payment for each row
begin
    if new.payment_date <> old.payment_date then
        call need_told_day('payment_date', new.payment_date);
    end if;
    if new.created_at <> old.created_at then
        call need_told_day('created_at', left(cast(new.created_at as char), 10));
    end if;
    if new.last_updated <> old.last_updated then
        call need_told_day('last_updated', left(cast(new.last_updated as char), 10));
    end if;
end

-- purpose: new days of a payment are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger payment_before_update
before update on payment for each row
begin
    if new.payment_date <> old.payment_date
            or not new.payment_on <=> old.payment_on then
        call read_day('payment_date', new.payment_date, new.payment_on);
    end if;
    if new.created_at <> old.created_at or new.last_updated <> old.last_updated then
        call need_day_of(new.created_at);
        call need_day_of(new.last_updated);
    end if;
end

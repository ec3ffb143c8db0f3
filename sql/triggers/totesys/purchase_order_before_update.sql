-- purpose: new days of a purchase are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger purchase_order_before_update
before update on purchase_order for each row
begin
    if new.agreed_delivery_date <> old.agreed_delivery_date then
        call need_told_day('agreed_delivery_date', new.agreed_delivery_date);
    end if;
    if new.agreed_payment_date <> old.agreed_payment_date then
        call need_told_day('agreed_payment_date', new.agreed_payment_date);
    end if;
    if new.created_at <> old.created_at then
        call need_told_day('created_at', left(cast(new.created_at as char), 10));
    end if;
    if new.last_updated <> old.last_updated then
        call need_told_day('last_updated', left(cast(new.last_updated as char), 10));
    end if;
end

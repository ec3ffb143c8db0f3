-- purpose: new days of a sale are days, and in dim_date
-- signals: 33001, 31001
create or replace trigger sales_order_before_update
before update on sales_order for each row
begin
    if new.agreed_delivery_date <> old.agreed_delivery_date
            or not new.agreed_delivery_on <=> old.agreed_delivery_on then
        call read_day('agreed_delivery_date', new.agreed_delivery_date, new.agreed_delivery_on);
    end if;
    if new.agreed_payment_date <> old.agreed_payment_date
            or not new.agreed_payment_on <=> old.agreed_payment_on then
        call read_day('agreed_payment_date', new.agreed_payment_date, new.agreed_payment_on);
    end if;
    if new.created_at <> old.created_at or new.last_updated <> old.last_updated then
        call need_day_of(new.created_at);
        call need_day_of(new.last_updated);
    end if;
end

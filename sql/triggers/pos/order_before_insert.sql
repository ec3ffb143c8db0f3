-- purpose: an order begins without lines, so without subtotal and tax, on a day of the calendar
-- signals: 30011
create or replace trigger order_before_insert
before insert on `order` for each row
begin
    if not is_calendar_day(new.date_placed) or not is_calendar_day(new.date_shipped) then
        signal sqlstate '45000' set mysql_errno = 30011,
            message_text = 'date_placed or date_shipped is no day of the calendar.';
    end if;
    if @pos_bulk_load is null then
        set new.subtotal = 0, new.sales_tax = 0;
    end if;
end

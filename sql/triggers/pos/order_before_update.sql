-- purpose: tax of an order whose subtotal or customer changes; a subtotal that is not from its
-- lines is refused, and a new date that is no day of the calendar
-- signals: 30010, 30011
create or replace trigger order_before_update
before update on `order` for each row
begin
    -- A row that is older than this rule may go on being sold, shipped and cancelled.
    if not (new.date_placed <=> old.date_placed or is_calendar_day(new.date_placed))
        or not (new.date_shipped <=> old.date_shipped or is_calendar_day(new.date_shipped))
    then
        signal sqlstate '45000' set mysql_errno = 30011,
            message_text = 'date_placed or date_shipped is no day of the calendar.';
    end if;
    if @pos_bulk_load is null then
        if new.subtotal <> old.subtotal and @pos_line_written is null then
            signal sqlstate '45000' set mysql_errno = 30010,
                message_text = 'The subtotal of an order is the sum of its lines: change these.';
        end if;
        if new.subtotal <> old.subtotal
            or new.sales_tax <> old.sales_tax
            or new.customer_id <> old.customer_id
        then
            set new.sales_tax = round(new.subtotal * tax_rate_of(new.customer_id), 2);
        end if;
    end if;
end

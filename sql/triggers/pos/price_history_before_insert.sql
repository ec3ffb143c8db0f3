-- purpose: the moment of a price is a day of the calendar
-- signals: 30011
create or replace trigger price_history_before_insert
before insert on price_history for each row
if not is_calendar_day(new.changed_at) then
    signal sqlstate '45000' set mysql_errno = 30011,
        message_text = 'changed_at is no day of the calendar.', column_name = 'changed_at';
end if

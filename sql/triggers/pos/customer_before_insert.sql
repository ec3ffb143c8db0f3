-- purpose: the birth date of a customer is a day of the calendar
-- signals: 30011
create or replace trigger customer_before_insert
before insert on customer for each row
if not is_calendar_day(new.birthdate) then
    signal sqlstate '45000' set mysql_errno = 30011,
        message_text = 'birthdate is no day of the calendar.', column_name = 'birthdate';
end if

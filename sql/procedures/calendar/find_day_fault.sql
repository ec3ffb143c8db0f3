-- purpose: why a day is none of the calendar, in words that follow its name; null when it is one
create or replace function find_day_fault(in_year int, in_month int, in_day int)
returns varchar(100)
deterministic
no sql
return case
    -- Before, other calendars were in use; later is a typing error, or 9999 for "never".
    when coalesce(in_year, 0) not between 1583 and 2999
        then 'is a day outside the calendar, which has the years 1583 to 2999'
    when coalesce(in_month, 0) not between 1 and 12 then 'is a day of no month'
    when coalesce(in_day, 0) not between 1
            and dayofmonth(last_day(concat(in_year, '-', in_month, '-01')))
        then 'is a day that this month does not have'
end

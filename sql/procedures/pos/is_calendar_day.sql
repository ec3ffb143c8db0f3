-- purpose: whether a moment is of a day that the calendar has; null is none that it lacks
-- MariaDB's default sql_mode takes 0000-00-00, and more with allow_invalid_dates.
create or replace function is_calendar_day(in_moment datetime(3)) returns boolean
deterministic
no sql
return in_moment is null or coalesce(
    year(in_moment) > 0
    and month(in_moment) > 0
    and dayofmonth(in_moment) between 1 and dayofmonth(last_day(in_moment)),
    false
)

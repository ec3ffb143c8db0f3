-- purpose: a day with its week, month, quarter and year
-- grain: one row per day that dim_date has
-- reads: dim_date
-- model: day
create or replace sql security invoker view day as
select
    date.date_id,
    date.day,
    date.year,
    date.quarter,
    date.quarter_name,
    date.month,
    date.month_name,
    date.day_of_month,
    date.iso_year,
    date.iso_week,
    date.weekday,
    date.weekday_name
from dim_date as date;

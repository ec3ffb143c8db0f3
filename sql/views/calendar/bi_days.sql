-- purpose: days with what they are called, for tools of analysts
-- grain: one row per day that a fact is of
-- reads: dim_date
create or replace sql security definer view bi_days as
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

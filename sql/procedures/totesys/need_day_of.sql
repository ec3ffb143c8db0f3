-- purpose: dim_date has the day of a moment of a fact that is about to be written
-- signals: 31001
-- writes: dim_date
create or replace procedure need_day_of(in_moment datetime(3))
modifies sql data
call need_day(year(in_moment) * 10000 + month(in_moment) * 100 + dayofmonth(in_moment))

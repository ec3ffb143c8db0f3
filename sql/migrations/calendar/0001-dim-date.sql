-- The days that facts are of, for any domain. All that a day is called follows from the day, so
-- nothing can contradict the calendar.

create table if not exists dim_date (
    -- 20260131
    date_id int not null,
    day date not null,
    year smallint unsigned as (year(day)) stored,
    quarter tinyint unsigned as (quarter(day)) stored,
    quarter_name char(2) as (concat('Q', quarter(day))) stored,
    month tinyint unsigned as (month(day)) stored,
    month_name varchar(9) as (
        elt(
            month(day), 'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August',
            'September', 'October', 'November', 'December'
        )
    ) stored,
    day_of_month tinyint unsigned as (dayofmonth(day)) stored,
    -- ISO 8601: weeks begin on Monday, 1; the first of a year is the one with its first Thursday
    iso_year smallint unsigned as (yearweek(day, 3) div 100) stored,
    iso_week tinyint unsigned as (week(day, 3)) stored,
    weekday tinyint unsigned as (weekday(day) + 1) stored,
    weekday_name varchar(9) as (
        elt(
            weekday(day) + 1, 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday',
            'Sunday'
        )
    ) stored,
    primary key (date_id),
    unique key dim_date_day_uk (day),
    constraint dim_date_date_id_ck check (
        date_id = year(day) * 10000 + month(day) * 100 + dayofmonth(day)
    )
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

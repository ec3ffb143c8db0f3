-- purpose: dim_date has every day between two, both included
-- signals: 31001, 31002, 31003
-- writes: dim_date
create or replace procedure add_days(in_first date, in_last date)
modifies sql data
begin
    declare v_fault varchar(100)
        default find_day_fault(year(in_first), month(in_first), dayofmonth(in_first));
    declare v_field varchar(64) default if(v_fault is null, 'last', 'first');
    declare v_message varchar(128);
    declare v_most int default 100000;

    set v_fault = coalesce(
        v_fault, find_day_fault(year(in_last), month(in_last), dayofmonth(in_last)));
    if v_fault is not null then
        set v_message = concat('One of the days ', v_fault, '.');
        signal sqlstate '45000' set mysql_errno = 31001, message_text = v_message,
            column_name = v_field;
    elseif in_first > in_last then
        signal sqlstate '45000' set mysql_errno = 31003,
            message_text = 'The first day is after the last.', column_name = 'last';
    elseif datediff(in_last, in_first) >= v_most then
        signal sqlstate '45000' set mysql_errno = 31002,
            message_text = 'At most 100,000 days are added at once. Take a shorter range.',
            column_name = 'last';
    end if;

    -- Ignored: days that are there, also those that another session has added meanwhile.
    set statement max_recursive_iterations = 100000 for
    insert ignore into dim_date (date_id, day)
    with recursive span as (
        select in_first as day
        union all
        select day + interval 1 day from span where day < in_last
    )
    select year(day) * 10000 + month(day) * 100 + dayofmonth(day), day from span;
end

-- purpose: dim_date has the day that a text of a fact tells; any other text is refused
-- signals: 33001
-- writes: dim_date
create or replace procedure need_told_day(
    in_column varchar(64), in_text varchar(500) character set utf8mb4)
modifies sql data
begin
    declare v_day date default day_of(in_text);
    declare v_fault varchar(128);

    if v_day is null then
        set v_fault = concat(in_column, ' is no day like 2026-01-31.');
        signal sqlstate '45000' set mysql_errno = 33001, message_text = v_fault;
    end if;
    call need_day(year(v_day) * 10000 + month(v_day) * 100 + dayofmonth(v_day));
end

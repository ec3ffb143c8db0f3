-- purpose: the day that a text of a fact tells, which dim_date has then; any other text is refused
-- signals: 33001, 31001
-- writes: dim_date
create or replace procedure read_day(
    in_column varchar(64), in_text varchar(500) character set utf8mb4, out out_day date)
modifies sql data
begin
    declare v_fault varchar(128);

    set out_day = day_of(in_text);
    if out_day is null then
        set v_fault = concat(in_column, ' is no day like 2026-01-31.');
        signal sqlstate '45000' set mysql_errno = 33001, message_text = v_fault;
    end if;
    call need_day_of(out_day);
end

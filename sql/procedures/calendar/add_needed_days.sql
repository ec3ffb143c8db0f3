-- purpose: dim_date has the days of needed_day, and the years that it lacked as a whole
-- For who writes many facts: afterwards @calendar_has_days keeps the triggers of fact tables quiet.
-- reads: needed_day, a temporary table with a column date_id
-- writes: dim_date
create or replace procedure add_needed_days()
modifies sql data
begin
    declare v_date_id int;

    repeat
        set v_date_id = (
            select min(n.date_id)
            from needed_day n
            where not exists (select 1 from dim_date d where d.date_id = n.date_id)
        );
        if v_date_id is not null then
            call need_day(v_date_id);
        end if;
    until v_date_id is null end repeat;
end

-- purpose: dim_date has the days of needed_day, and the years that it lacked as a whole
-- For who writes many facts: afterwards @calendar_has_days keeps the triggers of fact tables quiet.
-- reads: needed_day, a temporary table with a column date_id
-- writes: dim_date
create or replace procedure add_needed_days()
modifies sql data
begin
    -- One of each year, and of what is no day; once: a snapshot does not show what others add.
    for needed in (
        select min(n.date_id) as date_id
        from needed_day n
        left join dim_date d on d.date_id = n.date_id
        where d.date_id is null
        group by n.date_id div 10000,
            find_day_fault(
                n.date_id div 10000, n.date_id div 100 mod 100, n.date_id mod 100) is null
    ) do
        call need_day(needed.date_id);
    end for;
end

-- purpose: dim_date has the day of a fact that is about to be written; its whole year, if it lacks
-- the day
-- For triggers of fact tables: one look-up for a day that is there.
-- signals: 31001
-- writes: dim_date
create or replace procedure need_day(in_date_id int)
modifies sql data
begin
    declare v_date_id, v_year int;
    declare v_fault varchar(128);
    declare continue handler for not found begin end;

    -- Not `if exists (select …)`: that locks what it reads.
    select date_id into v_date_id from dim_date where date_id = in_date_id;
    if v_date_id is null then
        set v_year = in_date_id div 10000,
            v_fault = find_day_fault(v_year, in_date_id div 100 mod 100, in_date_id mod 100);
        if v_fault is not null then
            set v_fault = concat(coalesce(in_date_id, 'null'), ' ', v_fault, '.');
            signal sqlstate '45000' set mysql_errno = 31001, message_text = v_fault;
        end if;
        -- Else the first sale of each day would hold up the others of its day until its commit.
        call add_days(makedate(v_year, 1), concat(v_year, '-12-31'));
    end if;
end

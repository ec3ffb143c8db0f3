-- purpose: reads and judges staged staff, after the departments
-- reads: staging_staff, department
-- writes: clean_staff, a temporary table; staging_staff.fault
create or replace procedure read_staff()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_staff (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.staff_id, v_id), '') as int) as staff_id,
        told(s.first_name) as first_name,
        told(s.last_name) as last_name,
        department.department_id,
        told(s.email_address) as email_address,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_staff as s
    left join department on department.department_id
        = cast(nullif(regexp_substr(s.department_id, v_id), '') as int);

    update staging_staff as s
    straight_join clean_staff as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('staff_id', c.staff_id),
            find_text_fault('first_name', c.first_name, 100),
            find_text_fault('last_name', c.last_name, 100),
            find_reference_fault('department_id', c.department_id, s.department_id),
            find_text_fault('email_address', c.email_address, 200),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

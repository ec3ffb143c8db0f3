-- purpose: reads and judges staged departments, with the cleaning rules of their words
-- reads: staging_department, cleaning_rule
-- writes: clean_department, a temporary table; staging_department.fault, vitrine_import_reject
create or replace procedure read_department()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_department (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.department_id, v_id), '') as int) as department_id,
        told(s.department_name) as department_name,
        cleaned('department', 'location', told(s.location)) as location,
        told(s.manager) as manager,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_department as s;

    update staging_department as s
    straight_join clean_department as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('department_id', c.department_id),
            find_text_fault('department_name', c.department_name, 100),
            find_text_fault('location', coalesce(c.location, '-'), 100),
            find_text_fault('manager', coalesce(c.manager, '-'), 100),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;

    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'totesys', 'correction', file_of('department'), word.`row_number`, word.name, word.told,
        concat('was read as ', word.correct)
    from (
        select s.`row_number`, 'location' as name, told(s.location) as told, c.location as correct
        from staging_department as s
        join clean_department as c on c.`row_number` = s.`row_number`
        where s.fault is null
    ) as word
    where word.told <> word.correct;
end

-- purpose: reads and judges staged designs
-- reads: staging_design
-- writes: clean_design, a temporary table; staging_design.fault
create or replace procedure read_design()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_design (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.design_id, v_id), '') as int) as design_id,
        told(s.design_name) as design_name,
        told(s.file_location) as file_location,
        told(s.file_name) as file_name,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_design as s;

    update staging_design as s
    straight_join clean_design as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('design_id', c.design_id),
            find_text_fault('design_name', c.design_name, 100),
            find_text_fault('file_location', c.file_location, 300),
            find_text_fault('file_name', c.file_name, 200),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

-- purpose: reads and judges staged addresses, with the cleaning rules of their words
-- reads: staging_address, cleaning_rule
-- writes: clean_address, a temporary table; staging_address.fault, vitrine_import_reject
create or replace procedure read_address()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_address (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.address_id, v_id), '') as int) as address_id,
        told(s.address_line_1) as address_line_1,
        told(s.address_line_2) as address_line_2,
        cleaned('address', 'district', told(s.district)) as district,
        cleaned('address', 'city', told(s.city)) as city,
        told(s.postal_code) as postal_code,
        cleaned('address', 'country', told(s.country)) as country,
        told(s.phone) as phone,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_address as s;

    update staging_address as s
    straight_join clean_address as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('address_id', c.address_id),
            find_text_fault('address_line_1', c.address_line_1, 200),
            find_text_fault('address_line_2', coalesce(c.address_line_2, '-'), 200),
            find_text_fault('district', coalesce(c.district, '-'), 100),
            find_text_fault('city', c.city, 100),
            find_text_fault('postal_code', c.postal_code, 20),
            find_text_fault('country', c.country, 100),
            find_text_fault('phone', c.phone, 50),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;

    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'totesys', 'correction', file_of('address'), word.`row_number`, word.name, word.told,
        concat('was read as ', word.correct)
    from (
        select s.`row_number`, 'district' as name, told(s.district) as told, c.district as correct
        from staging_address as s
        join clean_address as c on c.`row_number` = s.`row_number`
        where s.fault is null
        union all
        select s.`row_number`, 'city' as name, told(s.city) as told, c.city as correct
        from staging_address as s
        join clean_address as c on c.`row_number` = s.`row_number`
        where s.fault is null
        union all
        select s.`row_number`, 'country' as name, told(s.country) as told, c.country as correct
        from staging_address as s
        join clean_address as c on c.`row_number` = s.`row_number`
        where s.fault is null
    ) as word
    where word.told <> word.correct;
end

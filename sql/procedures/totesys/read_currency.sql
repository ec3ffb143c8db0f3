-- purpose: reads and judges staged currencies
-- reads: staging_currency, iso_currency
-- writes: clean_currency, a temporary table; staging_currency.fault
create or replace procedure read_currency()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_currency (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.currency_id, v_id), '') as int) as currency_id,
        known.currency_code,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_currency as s
    left join iso_currency as known on known.currency_code = told(s.currency_code);

    update staging_currency as s
    straight_join clean_currency as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('currency_id', c.currency_id),
            if(c.currency_code is null, 'currency_code: is no code of a currency', null),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

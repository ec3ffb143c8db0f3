-- purpose: reads and judges staged rates of currencies
-- reads: staging_currency_rate, iso_currency
-- writes: clean_currency_rate, a temporary table; staging_currency_rate.fault
create or replace procedure read_currency_rate()
modifies sql data
begin
    declare v_rate varchar(60) default '^ *[0-9]{1,10}([.][0-9]{1,8})?(?= *$)';

    create or replace temporary table clean_currency_rate (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        known_from.currency_code as currency_from,
        known_to.currency_code as currency_to,
        day_of(told(s.date)) as date,
        cast(nullif(regexp_substr(s.rate, v_rate), '') as decimal(18,8)) as rate
    from staging_currency_rate as s
    left join iso_currency as known_from on known_from.currency_code = told(s.currency_from)
    left join iso_currency as known_to on known_to.currency_code = told(s.currency_to);

    update staging_currency_rate as s
    straight_join clean_currency_rate as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            if(c.currency_from is null, 'currency_from: is no code of a currency', null),
            if(c.currency_to is null, 'currency_to: is no code of a currency', null),
            if(c.currency_from = c.currency_to, 'currency_to: is that of currency_from', null),
            if(c.date is null, 'date: is no day like 2026-01-31', null),
            if(c.rate is null, 'rate: is not a number of 10 digits and 8 decimals at most', null),
            if(c.rate = 0, 'rate: is zero', null)
        )
    where s.fault is null;
end

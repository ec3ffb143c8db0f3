-- The city of each zip in customers.csv: of two names the more frequent, then the alphabetically first.
-- Runs before import_customers, on the lines that it will load.
-- reads: staging_customer   writes: city, import_reject, staging_customer.fault
create or replace procedure import_cities()
begin
    declare v_inserted, v_updated int default 0;

    update staging_customer
    set fault = case
            when trim(id) not regexp '^[0-9]{1,9}$' then 'ID: is not a whole number'
            when trim(first_name) = '' then 'FN: is blank'
            when char_length(trim(first_name)) > 100 then 'FN: is longer than 100 letters'
            when trim(last_name) = '' then 'LN: is blank'
            when char_length(trim(last_name)) > 100 then 'LN: is longer than 100 letters'
            when trim(city) = '' then 'CT: is blank'
            when char_length(trim(city)) > 100 then 'CT: is longer than 100 letters'
            when trim(state) not regexp '^[A-Za-z]{2}$' then 'ST: is not a state of two letters'
            when trim(zip) not regexp '^[0-9]{1,5}$' then 'ZP: is not a zip of five digits'
            when char_length(trim(street1)) > 200 then 'S1: is longer than 200 letters'
            when char_length(trim(street2)) > 200 then 'S2: is longer than 200 letters'
            when char_length(trim(email)) > 254 then 'EM: is longer than 254 letters'
            when trim(birthdate) = '' then null
            when trim(birthdate)
                    not regexp '^(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/[12][0-9]{3}$'
                then 'BD: is not a date like 12/31/1980'
            when substring_index(substring_index(trim(birthdate), '/', 2), '/', -1) > day(last_day(
                    concat(right(trim(birthdate), 4), '-', substring_index(trim(birthdate), '/', 1), '-1')))
                then 'BD: this month has no such day'
        end,
        -- Refused lines keep their text, to be shown.
        city = if(fault is null, trim(city), city),
        state = if(fault is null, upper(trim(state)), state),
        zip = if(fault is null, lpad(trim(zip), 5, '0'), zip)
    where fault is null;

    update staging_customer s
    join (
        select cast(id as signed) as id, min(`row_number`) as first_row
        from staging_customer where fault is null
        group by cast(id as signed) having count(*) > 1
    ) d on d.id = s.id
    set s.fault = concat('ID: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    create or replace temporary table clean_city (primary key (zip)) engine = Aria transactional = 0
    select zip, city, state
    from (
        select zip, city, state, row_number() over (partition by zip order by count(*) desc, city, state) as nth
        from staging_customer where fault is null
        group by zip, city, state
    ) ranked
    where nth = 1;

    update clean_city n
    straight_join city c on c.zip = n.zip
    set c.city = n.city, c.state = n.state
    where c.city <> n.city or c.state <> n.state;
    set v_updated = row_count();

    insert into city (zip, city, state)
    select n.zip, n.city, n.state
    from clean_city n
    left join city c on c.zip = n.zip
    where c.zip is null;
    set v_inserted = row_count();

    insert into import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'pos', 'correction', 'customers.csv', s.`row_number`, 'CT', concat(s.city, ', ', s.state),
        concat('zip ', s.zip, ' is more often ', c.city, ', ', c.state)
    from staging_customer s
    join clean_city c on c.zip = s.zip
    where s.fault is null and (c.city <> s.city or c.state <> s.state);

    drop temporary table clean_city;
    select 'city' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

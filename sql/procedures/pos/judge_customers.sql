-- purpose: finds the lines of staged customers.csv that can be loaded
-- reads: staging_customer
-- writes: staging_customer.fault
-- Zips may have lost their leading zeros; birth dates are blank or M/D/YYYY.
create or replace procedure judge_customers()
modifies sql data
begin
    update staging_customer
    set fault = case
            when trim(id) not regexp '^[0-9]{1,9}$' then 'ID: is not a whole number'
            when trim(first_name) = '' then 'FN: is blank'
            when first_name regexp '[[:cntrl:]]' then 'FN: has control characters'
            when char_length(trim(first_name)) > 100 then 'FN: is longer than 100 letters'
            when trim(last_name) = '' then 'LN: is blank'
            when last_name regexp '[[:cntrl:]]' then 'LN: has control characters'
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
            when cast(
                    substring_index(substring_index(trim(birthdate), '/', 2), '/', -1) as unsigned)
                    > day(last_day(concat_ws('-',
                        right(trim(birthdate), 4), substring_index(trim(birthdate), '/', 1), '1')))
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
        order by null
    ) d on d.id = cast(s.id as signed)
    set s.fault = concat('ID: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;
end

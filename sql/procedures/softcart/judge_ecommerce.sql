-- purpose: finds the lines of staged ecommerce.csv that can be loaded
-- reads: staging_ecommerce
-- writes: staging_ecommerce.fault, .month, .quarter; vitrine_import_reject
-- A month is its number or its English name. The quarter of a day is that of the calendar.
create or replace procedure judge_ecommerce()
modifies sql data
begin
    declare v_months varchar(120) default
        'january,february,march,april,may,june,july,august,september,october,november,december';

    update staging_ecommerce
    set month = find_in_set(lower(trim(month)), v_months)
    where find_in_set(lower(trim(month)), v_months) > 0;

    update staging_ecommerce
    set fault = case
            when trim(year) not regexp '^[0-9]{4}$' then 'year: is not a year of 4 digits'
            when trim(month) not regexp '^[0-9]{1,2}$'
                then 'month: is neither a number nor the name of a month'
            when trim(day_of_month) not regexp '^[0-9]{1,2}$' then 'day: is not a number'
            when trim(category) = '' then 'category: is blank'
            when trim(item) = '' then 'item: is blank'
            when concat(category, item) regexp '[[:cntrl:]]' then 'has control characters'
            when char_length(trim(category)) > 100 then 'category: is longer than 100 letters'
            when char_length(trim(item)) > 100 then 'item: is longer than 100 letters'
            when trim(price) not regexp '^[0-9]+([.][0-9]{1,2})?$'
                then 'price: is not an amount with two decimals at most'
            when char_length(substring_index(trim(price), '.', 1)) > 8
                then 'price: has more than 8 digits before the decimals'
            -- Most days are days of any month.
            when day_of_month between 1 and 28 and month between 1 and 12
                    and year between 1583 and 2999
                then null
            else concat('day: ', find_day_fault(year, month, day_of_month))
        end
    where fault is null;

    -- Without an id a line that is cut here could not be corrected by the whole file.
    if find_in_set('ecommerce.csv', @import_unfinished) then
        update staging_ecommerce
        set fault = 'the file may be cut here: end this line by a line end, and import it again'
        order by `row_number` desc
        limit 1;
    end if;

    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'softcart', 'warning', 'ecommerce.csv', `row_number`, 'quarter', quarter,
        'is not the quarter of the day, which is used'
    from staging_ecommerce
    where fault is null
        and trim(leading 'Q' from upper(trim(quarter))) <> cast((month + 2) div 3 as char);
end

-- purpose: warns of names of invisible characters, birth dates to come and e-mail without @: they
-- were loaded, somebody should look
-- reads: staging_customer, staging_product, after all procedures that judge them
-- writes: vitrine_import_reject
create or replace procedure note_oddities()
modifies sql data
begin
    -- Whatever leaves ink: not spaces, controls, joiners, fillers and variation selectors.
    declare v_visible varchar(200) default concat(
        '[^\\p{Z}\\p{Cc}\\p{Cf}\\x{34F}\\x{115F}\\x{1160}\\x{17B4}\\x{17B5}\\x{180B}-\\x{180F}',
        '\\x{2800}\\x{3164}\\x{FE00}-\\x{FE0F}\\x{FFA0}\\x{E0100}-\\x{E01EF}]');

    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'pos', 'warning', file, `row_number`, `column`, value, reason
    from (
        select 'customers.csv' as file, `row_number`, 'FN' as `column`, first_name as value,
            'shows nothing: all its characters are invisible' as reason
        from staging_customer where fault is null and first_name not regexp v_visible
        union all
        select 'customers.csv', `row_number`, 'LN', last_name,
            'shows nothing: all its characters are invisible'
        from staging_customer where fault is null and last_name not regexp v_visible
        union all
        select 'customers.csv', `row_number`, 'CT', city,
            'shows nothing: all its characters are invisible'
        from staging_customer where fault is null and city not regexp v_visible
        union all
        select 'products.csv', `row_number`, 'Name', name,
            'shows nothing: all its characters are invisible'
        from staging_product where fault is null and name not regexp v_visible
        union all
        select 'customers.csv', `row_number`, 'BD', birthdate, 'is in the future'
        from staging_customer
        where fault is null and trim(birthdate) <> ''
            and str_to_date(trim(birthdate), '%c/%e/%Y') > utc_date()
        union all
        select 'customers.csv', `row_number`, 'EM', email, 'has no @'
        from staging_customer
        where fault is null and trim(email) <> '' and locate('@', email) = 0
    ) odd;
end

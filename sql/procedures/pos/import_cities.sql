-- purpose: brings the city of each zip in customers.csv into city, after judge_customers: of two
-- names the more frequent, then the alphabetically first
-- reads: staging_customer
-- writes: city, vitrine_import_reject
-- A city that is there keeps its name where refused lines might have said otherwise. The customers
-- that say otherwise are listed as corrections.
create or replace procedure import_cities()
modifies sql data
begin
    declare v_inserted, v_updated, v_refused int default 0;

    -- Of any zip.
    select count(*) into v_refused
    from staging_customer
    where fault is not null and coalesce(trim(zip), '') not regexp '^[0-9]{1,5}$';

    -- No key: Aria packs keys of text and walks through their pages (100 ms, for 7,000 zips).
    create or replace temporary table clean_city engine = Aria transactional = 0
    select zip, city, state, customers
    from (
        select
            zip, city, state, count(*) as customers,
            row_number() over (partition by zip order by count(*) desc, city, state) as nth
        from (
            -- As long as they may be now that they are judged: staged, each is 2,000 bytes to sort.
            select cast(zip as char(5)) as zip, cast(city as char(100)) as city,
                cast(state as char(2)) as state
            from staging_customer where fault is null
        ) judged
        group by zip, city, state
    ) ranked
    where nth = 1;

    update clean_city n
    straight_join city c on c.zip = n.zip
    left join (
        select cast(zip as char(5)) as zip, cast(city as char(100)) as city,
            cast(state as char(2)) as state, count(*) as customers
        from staging_customer where fault is null group by 1, 2, 3
    ) v on v.zip = c.zip and v.city = c.city and v.state = c.state
    left join (
        select lpad(trim(zip), 5, '0') as zip, count(*) as refused
        from staging_customer
        where fault is not null and trim(zip) regexp '^[0-9]{1,5}$' group by 1
    ) r on r.zip = c.zip
    set c.city = n.city, c.state = n.state
    where (c.city <> n.city or c.state <> n.state)
        and (
            (v_refused = 0 and r.refused is null)
            or n.customers > coalesce(v.customers, 0) + coalesce(r.refused, 0) + v_refused
        );
    set v_updated = row_count();

    insert into city (zip, city, state)
    select n.zip, n.city, n.state
    from clean_city n
    left join city c on c.zip = n.zip
    where c.zip is null;
    set v_inserted = row_count();

    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select
        'pos', 'correction', 'customers.csv', s.`row_number`, 'CT', concat(s.city, ', ', s.state),
        concat('zip ', s.zip, ' is more often ', c.city, ', ', c.state)
    from staging_customer s
    straight_join city c on c.zip = s.zip
    where s.fault is null and (c.city <> s.city or c.state <> s.state);

    drop temporary table clean_city;
    select 'city' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

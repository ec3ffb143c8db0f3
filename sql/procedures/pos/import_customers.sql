-- purpose: turns staged customers.csv into customer, after judge_customers and import_cities
-- reads: staging_customer, sales_tax
-- writes: customer, vitrine_import_reject
-- Warns of each zip without a tax rate once: its orders have no tax.
create or replace procedure import_customers()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

    create or replace temporary table clean_customer (primary key (customer_id))
    engine = Aria transactional = 0
    select
        cast(id as signed) as customer_id,
        `row_number`,
        trim(first_name) as first_name,
        trim(last_name) as last_name,
        nullif(trim(email), '') as email,
        trim(street1) as address1,
        nullif(trim(street2), '') as address2,
        str_to_date(nullif(trim(birthdate), ''), '%c/%e/%Y') as birthdate,
        cast(zip as char(5)) as zip
    from staging_customer
    where fault is null;

    update clean_customer n
    straight_join customer c on c.customer_id = n.customer_id
    set
        c.first_name = n.first_name,
        c.last_name = n.last_name,
        c.email = n.email,
        c.address1 = n.address1,
        c.address2 = n.address2,
        c.birthdate = n.birthdate,
        c.zip = n.zip
    where not (
        c.first_name = n.first_name
        and c.last_name = n.last_name
        and c.email <=> n.email
        and c.address1 = n.address1
        and c.address2 <=> n.address2
        and c.birthdate <=> n.birthdate
        and c.zip = n.zip
    );
    set v_updated = row_count();

    insert into customer (
        customer_id, first_name, last_name, email, address1, address2, birthdate, zip)
    select
        n.customer_id, n.first_name, n.last_name, n.email, n.address1, n.address2, n.birthdate,
        n.zip
    from clean_customer n
    left join customer c on c.customer_id = n.customer_id
    where c.customer_id is null;
    set v_inserted = row_count();

    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'pos', 'warning', 'customers.csv', min(n.`row_number`), 'ZP', n.zip,
        'this zip has no tax rate: its orders have no tax'
    from clean_customer n
    left join sales_tax t on t.zip = n.zip
    where t.zip is null
    group by n.zip;

    drop temporary table clean_customer;
    set @pos_bulk_load = null;
    set @pos_import_wrote = if(v_inserted + v_updated > 0, 1, @pos_import_wrote);
    select 'customer' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

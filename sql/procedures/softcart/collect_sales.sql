-- purpose: brings the staged lines of all files of sales into told_sale
-- reads: staging_oltpdata, staging_sales_olddata, staging_sales_newdata, staging_sales
-- writes: told_sale, a temporary table
-- Of one sale in several files the one with the smaller source is compared with the others.
create or replace procedure collect_sales()
modifies sql data
begin
    create or replace temporary table told_sale (
        source tinyint not null,
        `row_number` int unsigned not null,
        row_id varchar(500) null,
        product_id varchar(500) not null,
        customer_id varchar(500) not null,
        price varchar(500) not null,
        quantity varchar(500) not null,
        sold_at varchar(500) null,
        fault varchar(200) null,
        primary key (source, `row_number`)
    ) engine = Aria transactional = 0;

    insert into told_sale
        (source, `row_number`, product_id, customer_id, price, quantity, sold_at)
    select 1, `row_number`, trim(product_id), trim(customer_id), trim(price), trim(quantity),
        trim(sold_at)
    from staging_oltpdata
    where fault is null;

    insert into told_sale
        (source, `row_number`, row_id, product_id, customer_id, price, quantity, sold_at)
    select 2, `row_number`, trim(row_id), trim(product_id), trim(customer_id), trim(price),
        trim(quantity), nullif(trim(sold_at), '')
    from staging_sales_olddata
    where fault is null
    union all
    select 3, `row_number`, trim(row_id), trim(product_id), trim(customer_id), trim(price),
        trim(quantity), null
    from staging_sales_newdata
    where fault is null
    union all
    select 4, `row_number`, trim(row_id), trim(product_id), trim(customer_id), trim(price),
        trim(quantity), nullif(trim(sold_at), '')
    from staging_sales
    where fault is null;
end

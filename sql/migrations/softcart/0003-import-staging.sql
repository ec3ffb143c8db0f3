-- Where the files of the imports land, as text and line by line. `row_number` is the line of the
-- file; a line that is not loaded says why in `fault`, and one of the wrong shape has its text in
-- `rest`. Aria: staging needs no crash safety and no undo.
create table if not exists staging_oltpdata (
    `row_number` int unsigned not null,
    product_id varchar(500) null,
    customer_id varchar(500) null,
    price varchar(500) null,
    quantity varchar(500) null,
    sold_at varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_sales_olddata (
    `row_number` int unsigned not null,
    row_id varchar(500) null,
    product_id varchar(500) null,
    customer_id varchar(500) null,
    price varchar(500) null,
    quantity varchar(500) null,
    sold_at varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_sales_newdata (
    `row_number` int unsigned not null,
    row_id varchar(500) null,
    product_id varchar(500) null,
    customer_id varchar(500) null,
    price varchar(500) null,
    quantity varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_sales (
    `row_number` int unsigned not null,
    row_id varchar(500) null,
    product_id varchar(500) null,
    customer_id varchar(500) null,
    price varchar(500) null,
    quantity varchar(500) null,
    sold_at varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_catalog (
    `row_number` int unsigned not null,
    product_id varchar(500) null,
    kind varchar(500) null,
    brand varchar(500) null,
    model varchar(500) null,
    screen_size varchar(500) null,
    ram varchar(500) null,
    hard_disk varchar(500) null,
    resolution varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_dim_date (
    `row_number` int unsigned not null,
    source_date_id varchar(500) null,
    day varchar(500) null,
    year varchar(500) null,
    quarter varchar(500) null,
    quarter_name varchar(500) null,
    month varchar(500) null,
    month_name varchar(500) null,
    day_of_month varchar(500) null,
    weekday varchar(500) null,
    weekday_name varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_dim_category (
    `row_number` int unsigned not null,
    category_id varchar(500) null,
    name varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_dim_country (
    `row_number` int unsigned not null,
    country_id varchar(500) null,
    name varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_fact_orders (
    `row_number` int unsigned not null,
    order_id varchar(500) null,
    source_date_id varchar(500) null,
    country_id varchar(500) null,
    category_id varchar(500) null,
    amount varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_ecommerce (
    `row_number` int unsigned not null,
    day_of_month varchar(500) null,
    month varchar(500) null,
    quarter varchar(500) null,
    year varchar(500) null,
    category varchar(500) null,
    item varchar(500) null,
    price varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Where the files of an import land, as text and line by line. `row_number` is the line of the
-- file. A line that is not loaded says why in `fault`: "column: reason", set by the procedures; or
-- set by the loading of a malformed line, whose text is then in `rest`.
-- Aria: staging needs no crash safety and no undo, and loads three times as fast; one import runs
-- at a time, and each deletes what the one before left.
create table if not exists staging_customer (
    `row_number` int unsigned not null,
    id varchar(500) null,
    first_name varchar(500) null,
    last_name varchar(500) null,
    city varchar(500) null,
    state varchar(500) null,
    zip varchar(500) null,
    street1 varchar(500) null,
    street2 varchar(500) null,
    email varchar(500) null,
    birthdate varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_order (
    `row_number` int unsigned not null,
    id varchar(500) null,
    customer_id varchar(500) null,
    ordered varchar(500) null,
    shipped varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_orderline (
    `row_number` int unsigned not null,
    order_id varchar(500) null,
    product_id varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_product (
    `row_number` int unsigned not null,
    id varchar(500) null,
    name varchar(500) null,
    price varchar(500) null,
    quantity varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_sales_tax (
    `row_number` int unsigned not null,
    state varchar(500) null,
    zip varchar(500) null,
    tax_region_name varchar(500) null,
    combined_rate varchar(500) null,
    state_rate varchar(500) null,
    county_rate varchar(500) null,
    city_rate varchar(500) null,
    special_rate varchar(500) null,
    risk_level varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

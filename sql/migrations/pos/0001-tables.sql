-- Tables of the shop: who buys, what is sold, where people live. Orders are in 0002-orders.sql.
-- Every table keeps its history by transaction (row_start, row_end), so that asOf shows whole
-- transactions only. Keys never cascade: a cascade fires no trigger, so nothing would notice it.

create table if not exists city (
    zip char(5) not null,
    city varchar(100) not null,
    state char(2) not null,
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    primary key (zip),
    -- for: customers in a state; products bought in a city; state_sales
    key city_state_city_ix (state, city),
    constraint city_zip_ck check (zip regexp '^[0-9]{5}$'),
    constraint city_city_ck check (city <> ''),
    constraint city_state_ck check (state regexp '^[A-Z]{2}$')
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning;

-- Combined rates of sales tax by zip. No foreign key: most zips have a rate and no customer.
create table if not exists sales_tax (
    zip char(5) not null,
    state char(2) not null,
    tax_region_name varchar(100) not null,
    combined_rate decimal(6,5) not null,
    state_rate decimal(6,5) not null,
    county_rate decimal(6,5) not null,
    city_rate decimal(6,5) not null,
    special_rate decimal(6,5) not null,
    risk_level tinyint unsigned not null default 0,
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    primary key (zip),
    constraint sales_tax_zip_ck check (zip regexp '^[0-9]{5}$'),
    constraint sales_tax_combined_rate_ck check (combined_rate between 0 and 1)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning;

create table if not exists customer (
    customer_id int not null auto_increment,
    first_name varchar(100) not null,
    last_name varchar(100) not null,
    email varchar(254) null,
    address1 varchar(200) not null,
    address2 varchar(200) null,
    phone varchar(30) null,
    birthdate date null,
    zip char(5) not null,
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    primary key (customer_id),
    -- for: customers of a zip, a city, a state; tax of a zip whose rate changes
    key customer_zip_ix (zip),
    -- for: v_customer_names, sorted by name
    key customer_last_name_first_name_ix (last_name, first_name),
    -- 0x1e stands between the entries of the materialised views.
    constraint customer_first_name_ck check (first_name <> '' and locate(x'1e', first_name) = 0),
    constraint customer_last_name_ck check (last_name <> '' and locate(x'1e', last_name) = 0),
    constraint customer_zip_fk foreign key (zip) references city (zip)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning;

create table if not exists product (
    product_id int not null auto_increment,
    name varchar(200) not null,
    current_price decimal(10,2) not null,
    available_quantity int not null default 0,
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    primary key (product_id),
    -- for: a product by its name (buyers of a product, sales_report)
    key product_name_ix (name),
    constraint product_name_ck check (name <> '' and locate(x'1e', name) = 0),
    constraint product_current_price_ck check (current_price >= 0),
    constraint product_available_quantity_ck check (available_quantity >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning;

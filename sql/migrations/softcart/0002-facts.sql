-- Facts: one row per sale, per order, per line of the shop on the web.

create table if not exists fact_sales (
    row_id bigint not null,
    date_id int not null,
    product_id int not null,
    customer_id int not null,
    price decimal(10,2) not null,
    quantity int not null,
    total_price decimal(20,2) not null,
    primary key (row_id),
    -- for: sales of a time, of a product
    key fact_sales_date_id_ix (date_id),
    key fact_sales_product_id_ix (product_id),
    constraint fact_sales_date_id_fk foreign key (date_id) references dim_date (date_id),
    constraint fact_sales_row_id_fk foreign key (row_id) references softcart_sales (row_id),
    constraint fact_sales_total_price_ck check (total_price = price * quantity)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists fact_orders (
    order_id bigint not null,
    date_id int not null,
    country_id int not null,
    category_id int not null,
    amount decimal(12,2) not null,
    primary key (order_id),
    -- for: orders of a time, a country, a category
    key fact_orders_date_id_ix (date_id),
    key fact_orders_country_id_ix (country_id),
    key fact_orders_category_id_ix (category_id),
    constraint fact_orders_date_id_fk foreign key (date_id) references dim_date (date_id),
    constraint fact_orders_country_id_fk
        foreign key (country_id) references dim_country (country_id),
    constraint fact_orders_category_id_fk
        foreign key (category_id) references dim_category (category_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists fact_ecommerce (
    ecommerce_id bigint not null auto_increment,
    date_id int not null,
    item_id int not null,
    price decimal(10,2) not null,
    primary key (ecommerce_id),
    -- for: lines of a time, equal lines; lines of an item
    key fact_ecommerce_date_id_ix (date_id, item_id, price),
    key fact_ecommerce_item_id_ix (item_id),
    constraint fact_ecommerce_date_id_fk foreign key (date_id) references dim_date (date_id),
    constraint fact_ecommerce_item_id_fk foreign key (item_id) references dim_item (item_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- The day that each dateid of the orders' source means.
create table if not exists fact_orders_date (
    source_date_id int not null,
    date_id int not null,
    primary key (source_date_id),
    -- for: the foreign key, whose index has its name else
    key fact_orders_date_date_id_ix (date_id),
    constraint fact_orders_date_date_id_fk foreign key (date_id) references dim_date (date_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- A product of the catalogue, its units normalised; what its kind does not have is null.
create table if not exists catalog_product (
    -- the product id of the sales; negative where the source tells none
    catalog_id int not null,
    kind varchar(20) not null,
    brand varchar(100) null,
    model varchar(100) not null,
    -- inches
    screen_size decimal(5,2) null,
    ram_gb decimal(10,3) null,
    hard_disk_gb decimal(12,3) null,
    resolution varchar(50) null,
    -- all that the source says of it, in one form: without a product id it is there once
    source_text json not null,
    source_hash binary(32) as (unhex(sha2(source_text, 256))) stored,
    primary key (catalog_id),
    unique key catalog_product_source_hash_uk (source_hash),
    -- for: products of a kind and a screen size
    key catalog_product_kind_screen_size_ix (kind, screen_size),
    constraint catalog_product_kind_ck check (kind in ('laptop', 'television', 'smart phone'))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

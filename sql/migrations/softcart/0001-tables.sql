-- Tables of an online shop's warehouse: what was sold, as the till wrote it, and the dimensions
-- that facts have beside the calendar's days.

-- A sale as its source tells it.
create table if not exists softcart_sales (
    row_id bigint not null,
    product_id int not null,
    customer_id int not null,
    price decimal(10,2) not null,
    quantity int not null,
    sold_at datetime(3) not null,
    -- whether its source told the time; else it is that of its import
    is_timed boolean not null,
    primary key (row_id),
    constraint softcart_sales_price_ck check (price >= 0),
    constraint softcart_sales_quantity_ck check (quantity > 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists dim_category (
    category_id int not null,
    name varchar(100) not null,
    primary key (category_id),
    unique key dim_category_name_uk (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists dim_country (
    country_id int not null,
    name varchar(100) not null,
    primary key (country_id),
    unique key dim_country_name_uk (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists dim_item (
    item_id int not null auto_increment,
    category varchar(100) not null,
    name varchar(100) not null,
    primary key (item_id),
    unique key dim_item_category_name_uk (category, name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

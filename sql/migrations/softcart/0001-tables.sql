-- Tables of an online shop's warehouse: what was sold, as the till wrote it, and the dimensions
-- that facts have beside the calendar's days.

-- A sale as its source tells it. One that only files without row ids tell of has a negative one,
-- until a file tells it.
create table if not exists softcart_sales (
    row_id bigint not null,
    product_id int not null,
    customer_id int not null,
    price decimal(10,2) not null,
    quantity int not null,
    sold_at datetime(3) not null default (utc_timestamp(3)),
    -- whether a source tells the time; else it is that of its import
    is_timed boolean not null default true,
    -- how exactly the source of its row id tells the time; no id: no source tells its row id
    told_to varchar(6) not null default 'second',
    loaded_at datetime(3) not null default (utc_timestamp(3)),
    primary key (row_id),
    -- for: the sales that a row without an id may tell of
    key softcart_sales_product_id_customer_id_ix (product_id, customer_id, price, quantity),
    constraint softcart_sales_price_ck check (price >= 0),
    constraint softcart_sales_quantity_ck check (quantity > 0),
    constraint softcart_sales_told_to_ck check (told_to in ('second', 'minute', 'none', 'no id'))
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- What files without row ids tell of: so many equal sales in one file at most.
create table if not exists softcart_sales_seen (
    product_id int not null,
    customer_id int not null,
    price decimal(10,2) not null,
    quantity int not null,
    sold_at datetime not null,
    copies int not null,
    primary key (product_id, customer_id, price, quantity, sold_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- What a row id was told as before it was corrected: lines without row ids still tell that.
create table if not exists softcart_sales_former (
    product_id int not null,
    customer_id int not null,
    price decimal(10,2) not null,
    quantity int not null,
    row_id bigint not null,
    sold_at datetime(3) not null,
    told_to varchar(6) not null,
    primary key (product_id, customer_id, price, quantity, row_id, sold_at)
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

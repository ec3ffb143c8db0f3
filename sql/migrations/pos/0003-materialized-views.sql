-- Materialised views: the rows of v_product_buyers and v_customer_purchases, kept exact row by row
-- by triggers. `entries` is the list as it is kept: "id name" by id, separated by 0x1e, which no
-- name may hold; the text shown is made of it.

create table if not exists mv_product_buyers (
    product_id int not null,
    name varchar(200) not null,
    entries longtext not null default '' invisible,
    -- Distinct buyers as "id first last", comma separated, by id; empty without buyers.
    buyers longtext generated always as (replace(entries, x'1e', ',')) virtual,
    primary key (product_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists mv_customer_purchases (
    customer_id int not null,
    first_name varchar(100) not null,
    last_name varchar(100) not null,
    entries longtext not null default '' invisible,
    -- Distinct products as "id name", separated by |, by id; empty without purchases.
    products longtext generated always as (replace(entries, x'1e', '|')) virtual,
    primary key (customer_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

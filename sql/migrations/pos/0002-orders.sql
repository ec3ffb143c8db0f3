-- Orders, their lines, and the prices that products had. Money is decimal(14,2): an order of 15,000
-- at 12.95 % tax, or of a million such pieces, does not overflow. Computed columns are stored: they
-- are read far more often than written, and indexed.

create table if not exists `order` (
    order_id int not null auto_increment,
    date_placed datetime(3) not null default (utc_timestamp(3)),
    date_shipped datetime(3) null,
    status varchar(9) not null default 'placed',
    customer_id int not null,
    -- Sum of the lines, kept by the triggers of orderline.
    subtotal decimal(14,2) not null default 0,
    -- round(subtotal × combined rate of the customer's zip, 2), half up; 0 without a rate.
    sales_tax decimal(14,2) not null default 0,
    total decimal(14,2) generated always as (subtotal + sales_tax) stored,
    -- Day and month (YYYY-MM) in UTC: keys of monthly_sales and of the cube.
    placed_on date generated always as (cast(date_placed as date)) stored,
    placed_month char(7) generated always as (left(cast(date_placed as char), 7)) stored,
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    primary key (order_id),
    -- for: orders of a customer, oldest first; first and last order of a customer
    key order_customer_id_date_placed_ix (customer_id, date_placed),
    -- for: pending_shipments, oldest first
    key order_status_date_placed_ix (status, date_placed),
    -- for: monthly_sales, one month
    key order_placed_month_ix (placed_month),
    -- for: facts of the cube sales between two days
    key order_placed_on_ix (placed_on),
    -- for: sales_report and revenue between two days; the newest order
    key order_date_placed_ix (date_placed),
    -- for: suspicious orders, total over an amount
    key order_total_ix (total),
    constraint order_status_ck check (status in ('placed', 'shipped', 'cancelled')),
    constraint order_date_shipped_ck check ((status = 'shipped') = (date_shipped is not null)),
    constraint order_customer_id_fk foreign key (customer_id) references customer (customer_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning;

create table if not exists orderline (
    order_id int not null,
    product_id int not null,
    quantity int not null default 1,
    -- The price paid. Later changes of the product's price leave it alone. Never null once written:
    -- a line inserted without a price gets its product's, so that 0 can be told from not given.
    unit_price decimal(10,2) null,
    line_total decimal(14,2) generated always as (quantity * unit_price) stored,
    -- One number for the two keys: id of the fact of this line in the cube sales.
    sale_id bigint generated always as (order_id * 4294967296 + product_id) stored,
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    primary key (order_id, product_id),
    -- for: buyers of a product; units sold of a product
    key orderline_product_id_ix (product_id, order_id),
    -- for: one fact of the cube sales
    unique key orderline_sale_id_uk (sale_id),
    constraint orderline_quantity_ck check (quantity >= 1),
    constraint orderline_unit_price_ck check (unit_price is not null and unit_price >= 0),
    constraint orderline_order_id_fk foreign key (order_id) references `order` (order_id),
    constraint orderline_product_id_fk foreign key (product_id) references product (product_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning;

create table if not exists price_history (
    price_history_id bigint unsigned not null auto_increment,
    product_id int not null,
    old_price decimal(10,2) not null,
    new_price decimal(10,2) not null,
    changed_at datetime(3) not null default (utc_timestamp(3)),
    row_start bigint unsigned generated always as row start invisible,
    row_end bigint unsigned generated always as row end invisible,
    period for system_time (row_start, row_end),
    primary key (price_history_id),
    -- for: product_price_history, changes of one product in order
    key price_history_product_id_ix (product_id, price_history_id),
    constraint price_history_product_id_fk foreign key (product_id) references product (product_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin with system versioning;

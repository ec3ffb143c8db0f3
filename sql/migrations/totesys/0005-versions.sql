-- Every version of a sale, a purchase and a payment, in the order in which they were written: the
-- history by time of the tables keeps no two versions of one microsecond, and none that a clock
-- which was set back would turn round. Rows are added by triggers and never change. No foreign
-- keys: a history outlives what it refers to. Account numbers are no part of it.

-- The last version of each sale, also of those deleted: triggers number the next by it.
create table if not exists sales_order_last_version (
    sales_order_id int not null,
    version_number int not null,
    valid_from datetime(3) not null,
    primary key (sales_order_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists sales_order_version (
    sales_record_id int not null auto_increment,
    version_number int not null,
    next_version_number int as (version_number + 1) stored,
    deleted boolean not null,
    -- the first millisecond whose state shows it; never before that of the version before
    valid_from datetime(3) not null,
    valid_from_date date as (cast(valid_from as date)) stored,
    sales_order_id int not null,
    design_id int not null,
    staff_id int not null,
    counterparty_id int not null,
    units_sold int not null,
    unit_price decimal(10,2) not null,
    currency_id int not null,
    agreed_delivery_on date not null,
    agreed_payment_on date not null,
    agreed_delivery_location_id int not null,
    created_at datetime(3) not null,
    last_updated datetime(3) not null,
    created_date date as (cast(created_at as date)) stored,
    created_date_id int as (
        year(created_at) * 10000 + month(created_at) * 100
            + dayofmonth(created_at)
    ) stored,
    last_updated_date date as (cast(last_updated as date)) stored,
    last_updated_date_id int as (
        year(last_updated) * 10000 + month(last_updated) * 100
            + dayofmonth(last_updated)
    ) stored,
    amount decimal(20,2) as (units_sold * unit_price) stored,
    agreed_delivery_date_id int as (
        year(agreed_delivery_on) * 10000 + month(agreed_delivery_on) * 100
            + dayofmonth(agreed_delivery_on)
    ) stored,
    agreed_payment_date_id int as (
        year(agreed_payment_on) * 10000 + month(agreed_payment_on) * 100
            + dayofmonth(agreed_payment_on)
    ) stored,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (sales_record_id),
    -- for: every version of one sale, and what came next
    unique key sales_order_version_sales_order_id_version_number_uk
        (sales_order_id, version_number),
    -- for: what came before
    key sales_order_version_sales_order_id_next_version_number_ix
        (sales_order_id, next_version_number),
    -- for: versions of a time, and those of a changed dimension
    key sales_order_version_valid_from_ix (valid_from),
    key sales_order_version_valid_from_date_ix (valid_from_date),
    key sales_order_version_design_id_ix (design_id),
    key sales_order_version_staff_id_ix (staff_id),
    key sales_order_version_counterparty_id_ix (counterparty_id),
    key sales_order_version_currency_id_ix (currency_id),
    key sales_order_version_agreed_delivery_location_id_ix (agreed_delivery_location_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

-- What is there already is the first version of each.
insert ignore into sales_order_version (
    version_number, deleted, valid_from, sales_order_id, design_id, staff_id, counterparty_id,
    units_sold, unit_price, currency_id, agreed_delivery_on, agreed_payment_on,
    agreed_delivery_location_id, created_at, last_updated
)
select
    1,
    false,
    row_start + interval (1000000 - microsecond(row_start)) % 1000 microsecond,
    sales_order_id,
    design_id,
    staff_id,
    counterparty_id,
    units_sold,
    unit_price,
    currency_id,
    agreed_delivery_on,
    agreed_payment_on,
    agreed_delivery_location_id,
    created_at,
    last_updated
from sales_order;

insert ignore into sales_order_last_version (sales_order_id, version_number, valid_from)
select sales_order_id, version_number, valid_from
from sales_order_version
where version_number = 1;

-- The last version of each purchase, also of those deleted: triggers number the next by it.
create table if not exists purchase_order_last_version (
    purchase_order_id int not null,
    version_number int not null,
    valid_from datetime(3) not null,
    primary key (purchase_order_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists purchase_order_version (
    purchase_record_id int not null auto_increment,
    version_number int not null,
    next_version_number int as (version_number + 1) stored,
    deleted boolean not null,
    -- the first millisecond whose state shows it; never before that of the version before
    valid_from datetime(3) not null,
    valid_from_date date as (cast(valid_from as date)) stored,
    purchase_order_id int not null,
    staff_id int not null,
    counterparty_id int not null,
    item_code varchar(50) not null,
    item_quantity int not null,
    item_unit_price decimal(10,2) not null,
    currency_id int not null,
    agreed_delivery_on date not null,
    agreed_payment_on date not null,
    agreed_delivery_location_id int not null,
    created_at datetime(3) not null,
    last_updated datetime(3) not null,
    created_date date as (cast(created_at as date)) stored,
    created_date_id int as (
        year(created_at) * 10000 + month(created_at) * 100
            + dayofmonth(created_at)
    ) stored,
    last_updated_date date as (cast(last_updated as date)) stored,
    last_updated_date_id int as (
        year(last_updated) * 10000 + month(last_updated) * 100
            + dayofmonth(last_updated)
    ) stored,
    amount decimal(20,2) as (item_quantity * item_unit_price) stored,
    agreed_delivery_date_id int as (
        year(agreed_delivery_on) * 10000 + month(agreed_delivery_on) * 100
            + dayofmonth(agreed_delivery_on)
    ) stored,
    agreed_payment_date_id int as (
        year(agreed_payment_on) * 10000 + month(agreed_payment_on) * 100
            + dayofmonth(agreed_payment_on)
    ) stored,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (purchase_record_id),
    -- for: every version of one purchase, and what came next
    unique key purchase_order_version_purchase_order_id_version_number_uk
        (purchase_order_id, version_number),
    -- for: what came before
    key purchase_order_version_purchase_order_id_next_version_number_ix
        (purchase_order_id, next_version_number),
    -- for: versions of a time, and those of a changed dimension
    key purchase_order_version_valid_from_ix (valid_from),
    key purchase_order_version_valid_from_date_ix (valid_from_date),
    key purchase_order_version_staff_id_ix (staff_id),
    key purchase_order_version_counterparty_id_ix (counterparty_id),
    key purchase_order_version_currency_id_ix (currency_id),
    key purchase_order_version_agreed_delivery_location_id_ix (agreed_delivery_location_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

-- What is there already is the first version of each.
insert ignore into purchase_order_version (
    version_number, deleted, valid_from, purchase_order_id, staff_id, counterparty_id, item_code,
    item_quantity, item_unit_price, currency_id, agreed_delivery_on, agreed_payment_on,
    agreed_delivery_location_id, created_at, last_updated
)
select
    1,
    false,
    row_start + interval (1000000 - microsecond(row_start)) % 1000 microsecond,
    purchase_order_id,
    staff_id,
    counterparty_id,
    item_code,
    item_quantity,
    item_unit_price,
    currency_id,
    agreed_delivery_on,
    agreed_payment_on,
    agreed_delivery_location_id,
    created_at,
    last_updated
from purchase_order;

insert ignore into purchase_order_last_version (purchase_order_id, version_number, valid_from)
select purchase_order_id, version_number, valid_from
from purchase_order_version
where version_number = 1;

-- The last version of each payment, also of those deleted: triggers number the next by it.
create table if not exists payment_last_version (
    payment_id int not null,
    version_number int not null,
    valid_from datetime(3) not null,
    primary key (payment_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists payment_version (
    payment_record_id int not null auto_increment,
    version_number int not null,
    next_version_number int as (version_number + 1) stored,
    deleted boolean not null,
    -- the first millisecond whose state shows it; never before that of the version before
    valid_from datetime(3) not null,
    valid_from_date date as (cast(valid_from as date)) stored,
    payment_id int not null,
    transaction_id int not null,
    counterparty_id int not null,
    payment_amount decimal(12,2) not null,
    currency_id int not null,
    payment_type_id int not null,
    paid boolean not null,
    payment_on date not null,
    created_at datetime(3) not null,
    last_updated datetime(3) not null,
    created_date date as (cast(created_at as date)) stored,
    created_date_id int as (
        year(created_at) * 10000 + month(created_at) * 100
            + dayofmonth(created_at)
    ) stored,
    last_updated_date date as (cast(last_updated as date)) stored,
    last_updated_date_id int as (
        year(last_updated) * 10000 + month(last_updated) * 100
            + dayofmonth(last_updated)
    ) stored,
    payment_date_id int as (
        year(payment_on) * 10000 + month(payment_on) * 100
            + dayofmonth(payment_on)
    ) stored,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (payment_record_id),
    -- for: every version of one payment, and what came next
    unique key payment_version_payment_id_version_number_uk
        (payment_id, version_number),
    -- for: what came before
    key payment_version_payment_id_next_version_number_ix
        (payment_id, next_version_number),
    -- for: versions of a time, and those of a changed dimension
    key payment_version_valid_from_ix (valid_from),
    key payment_version_valid_from_date_ix (valid_from_date),
    key payment_version_transaction_id_ix (transaction_id),
    key payment_version_counterparty_id_ix (counterparty_id),
    key payment_version_currency_id_ix (currency_id),
    key payment_version_payment_type_id_ix (payment_type_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

-- What is there already is the first version of each.
insert ignore into payment_version (
    version_number, deleted, valid_from, payment_id, transaction_id, counterparty_id,
    payment_amount, currency_id, payment_type_id, paid, payment_on, created_at, last_updated
)
select
    1,
    false,
    row_start + interval (1000000 - microsecond(row_start)) % 1000 microsecond,
    payment_id,
    transaction_id,
    counterparty_id,
    payment_amount,
    currency_id,
    payment_type_id,
    paid,
    payment_on,
    created_at,
    last_updated
from payment;

insert ignore into payment_last_version (payment_id, version_number, valid_from)
select payment_id, version_number, valid_from
from payment_version
where version_number = 1;

-- What is sold, bought and paid. Dates that are agreed are texts in the source, `2026-01-31`: a
-- trigger refuses any other, and says them as days beside. Account numbers stay in the table
-- of payments: no view reads them.

create table if not exists sales_order (
    sales_order_id int not null,
    design_id int not null,
    staff_id int not null,
    counterparty_id int not null,
    units_sold int not null,
    unit_price decimal(10,2) not null,
    currency_id int not null,
    agreed_delivery_date varchar(10) not null,
    agreed_payment_date varchar(10) not null,
    agreed_delivery_location_id int not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    created_date date as (cast(created_at as date)) stored,
    created_date_id int as (
        year(created_at) * 10000 + month(created_at) * 100 + dayofmonth(created_at)
    ) stored,
    last_updated_date date as (cast(last_updated as date)) stored,
    last_updated_date_id int as (
        year(last_updated) * 10000 + month(last_updated) * 100 + dayofmonth(last_updated)
    ) stored,
    amount decimal(20,2) as (units_sold * unit_price) stored,
    -- agreed_delivery_date as a day: triggers set it
    agreed_delivery_on date null,
    agreed_delivery_date_id int as (
        year(agreed_delivery_on) * 10000 + month(agreed_delivery_on) * 100
            + dayofmonth(agreed_delivery_on)
    ) stored,
    -- agreed_payment_date as a day: triggers set it
    agreed_payment_on date null,
    agreed_payment_date_id int as (
        year(agreed_payment_on) * 10000 + month(agreed_payment_on) * 100
            + dayofmonth(agreed_payment_on)
    ) stored,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (sales_order_id),
    -- for: orders of a time, the latest; of a design, a person, a counterparty, a currency, a place
    key sales_order_created_at_ix (created_at),
    key sales_order_created_date_ix (created_date),
    key sales_order_last_updated_ix (last_updated),
    key sales_order_agreed_delivery_on_ix (agreed_delivery_on),
    key sales_order_agreed_payment_on_ix (agreed_payment_on),
    key sales_order_design_id_ix (design_id),
    constraint sales_order_design_id_fk
        foreign key (design_id) references design (design_id),
    key sales_order_staff_id_ix (staff_id),
    constraint sales_order_staff_id_fk
        foreign key (staff_id) references staff (staff_id),
    key sales_order_counterparty_id_ix (counterparty_id),
    constraint sales_order_counterparty_id_fk
        foreign key (counterparty_id) references counterparty (counterparty_id),
    key sales_order_currency_id_ix (currency_id),
    constraint sales_order_currency_id_fk
        foreign key (currency_id) references currency (currency_id),
    key sales_order_agreed_delivery_location_id_ix (agreed_delivery_location_id),
    constraint sales_order_agreed_delivery_location_id_fk
        foreign key (agreed_delivery_location_id) references address (address_id),
    constraint sales_order_units_sold_ck check (units_sold > 0),
    constraint sales_order_unit_price_ck check (unit_price >= 0),
    constraint sales_order_agreed_delivery_on_ck check (agreed_delivery_on is not null),
    constraint sales_order_agreed_payment_on_ck check (agreed_payment_on is not null),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists purchase_order (
    purchase_order_id int not null,
    staff_id int not null,
    counterparty_id int not null,
    item_code varchar(50) not null,
    item_quantity int not null,
    item_unit_price decimal(10,2) not null,
    currency_id int not null,
    agreed_delivery_date varchar(10) not null,
    agreed_payment_date varchar(10) not null,
    agreed_delivery_location_id int not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    created_date date as (cast(created_at as date)) stored,
    created_date_id int as (
        year(created_at) * 10000 + month(created_at) * 100 + dayofmonth(created_at)
    ) stored,
    last_updated_date date as (cast(last_updated as date)) stored,
    last_updated_date_id int as (
        year(last_updated) * 10000 + month(last_updated) * 100 + dayofmonth(last_updated)
    ) stored,
    amount decimal(20,2) as (item_quantity * item_unit_price) stored,
    -- agreed_delivery_date as a day: triggers set it
    agreed_delivery_on date null,
    agreed_delivery_date_id int as (
        year(agreed_delivery_on) * 10000 + month(agreed_delivery_on) * 100
            + dayofmonth(agreed_delivery_on)
    ) stored,
    -- agreed_payment_date as a day: triggers set it
    agreed_payment_on date null,
    agreed_payment_date_id int as (
        year(agreed_payment_on) * 10000 + month(agreed_payment_on) * 100
            + dayofmonth(agreed_payment_on)
    ) stored,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (purchase_order_id),
    -- for: orders of a time, the latest; of an item, a person, a counterparty, a currency, a place
    key purchase_order_created_at_ix (created_at),
    key purchase_order_created_date_ix (created_date),
    key purchase_order_last_updated_ix (last_updated),
    key purchase_order_agreed_delivery_on_ix (agreed_delivery_on),
    key purchase_order_agreed_payment_on_ix (agreed_payment_on),
    key purchase_order_item_code_ix (item_code),
    key purchase_order_staff_id_ix (staff_id),
    constraint purchase_order_staff_id_fk
        foreign key (staff_id) references staff (staff_id),
    key purchase_order_counterparty_id_ix (counterparty_id),
    constraint purchase_order_counterparty_id_fk
        foreign key (counterparty_id) references counterparty (counterparty_id),
    key purchase_order_currency_id_ix (currency_id),
    constraint purchase_order_currency_id_fk
        foreign key (currency_id) references currency (currency_id),
    key purchase_order_agreed_delivery_location_id_ix (agreed_delivery_location_id),
    constraint purchase_order_agreed_delivery_location_id_fk
        foreign key (agreed_delivery_location_id) references address (address_id),
    constraint purchase_order_item_quantity_ck check (item_quantity > 0),
    constraint purchase_order_item_unit_price_ck check (item_unit_price >= 0),
    constraint purchase_order_agreed_delivery_on_ck check (agreed_delivery_on is not null),
    constraint purchase_order_agreed_payment_on_ck check (agreed_payment_on is not null),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

-- Either a sale or a purchase: exactly one order, of the kind that the type says.
create table if not exists `transaction` (
    transaction_id int not null,
    transaction_type varchar(8) not null,
    sales_order_id int null,
    purchase_order_id int null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (transaction_id),
    unique key transaction_sales_order_id_uk (sales_order_id),
    unique key transaction_purchase_order_id_uk (purchase_order_id),
    constraint transaction_sales_order_id_fk
        foreign key (sales_order_id) references sales_order (sales_order_id),
    constraint transaction_purchase_order_id_fk
        foreign key (purchase_order_id) references purchase_order (purchase_order_id),
    constraint transaction_transaction_type_ck check (
        transaction_type = 'SALE' and sales_order_id is not null and purchase_order_id is null
        or transaction_type = 'PURCHASE' and sales_order_id is null
            and purchase_order_id is not null
    ),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists payment (
    payment_id int not null,
    transaction_id int not null,
    counterparty_id int not null,
    payment_amount decimal(12,2) not null,
    currency_id int not null,
    payment_type_id int not null,
    paid boolean not null,
    payment_date varchar(10) not null,
    company_ac_number varchar(34) not null,
    counterparty_ac_number varchar(34) not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    created_date date as (cast(created_at as date)) stored,
    created_date_id int as (
        year(created_at) * 10000 + month(created_at) * 100 + dayofmonth(created_at)
    ) stored,
    last_updated_date date as (cast(last_updated as date)) stored,
    last_updated_date_id int as (
        year(last_updated) * 10000 + month(last_updated) * 100 + dayofmonth(last_updated)
    ) stored,
    -- payment_date as a day: triggers set it
    payment_on date null,
    payment_date_id int as (
        year(payment_on) * 10000 + month(payment_on) * 100
            + dayofmonth(payment_on)
    ) stored,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (payment_id),
    unique key payment_transaction_id_uk (transaction_id),
    -- for: payments of a time, the latest; of a counterparty, a currency, a type; not paid yet
    key payment_created_at_ix (created_at),
    key payment_created_date_ix (created_date),
    key payment_last_updated_ix (last_updated),
    key payment_paid_payment_on_ix (paid, payment_on),
    key payment_payment_on_ix (payment_on),
    constraint payment_transaction_id_fk
        foreign key (transaction_id) references `transaction` (transaction_id),
    key payment_counterparty_id_ix (counterparty_id),
    constraint payment_counterparty_id_fk
        foreign key (counterparty_id) references counterparty (counterparty_id),
    key payment_currency_id_ix (currency_id),
    constraint payment_currency_id_fk
        foreign key (currency_id) references currency (currency_id),
    key payment_payment_type_id_ix (payment_type_id),
    constraint payment_payment_type_id_fk
        foreign key (payment_type_id) references payment_type (payment_type_id),
    constraint payment_payment_amount_ck check (payment_amount >= 0),
    constraint payment_payment_on_ck check (payment_on is not null),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

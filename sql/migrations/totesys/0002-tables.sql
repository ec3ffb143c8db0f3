-- Tables of a tote-bag maker's back office: people, places, things, and what orders refer to. All
-- keep their history by time. `created_at` and `last_updated` are told by the source.

create table if not exists address (
    address_id int not null,
    address_line_1 varchar(200) not null,
    address_line_2 varchar(200) null,
    district varchar(100) null,
    city varchar(100) not null,
    postal_code varchar(20) not null,
    country varchar(100) not null,
    phone varchar(50) not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (address_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists currency (
    currency_id int not null,
    currency_code char(3) not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (currency_id),
    unique key currency_currency_code_uk (currency_code),
    constraint currency_currency_code_fk
        foreign key (currency_code) references iso_currency (currency_code),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists department (
    department_id int not null,
    department_name varchar(100) not null,
    location varchar(100) null,
    manager varchar(100) null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (department_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists design (
    design_id int not null,
    design_name varchar(100) not null,
    file_location varchar(300) not null,
    file_name varchar(200) not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (design_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists payment_type (
    payment_type_id int not null,
    payment_type_name varchar(20) not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (payment_type_id),
    constraint payment_type_payment_type_name_ck check (
        payment_type_name in (
            'SALES_RECEIPT', 'SALES_REFUND', 'PURCHASE_PAYMENT', 'PURCHASE_REFUND'
        )
    ),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists counterparty (
    counterparty_id int not null,
    counterparty_legal_name varchar(200) not null,
    legal_address_id int not null,
    commercial_contact varchar(200) null,
    delivery_contact varchar(200) null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (counterparty_id),
    -- for: the counterparties of an address
    key counterparty_legal_address_id_ix (legal_address_id),
    constraint counterparty_legal_address_id_fk
        foreign key (legal_address_id) references address (address_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

create table if not exists staff (
    staff_id int not null,
    first_name varchar(100) not null,
    last_name varchar(100) not null,
    department_id int not null,
    email_address varchar(200) not null,
    created_at datetime(3) not null default (utc_timestamp(3)),
    last_updated datetime(3) not null default (utc_timestamp(3)),
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    primary key (staff_id),
    -- for: the staff of a department
    key staff_department_id_ix (department_id),
    constraint staff_department_id_fk
        foreign key (department_id) references department (department_id),
    period for system_time (row_start, row_end)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin
    with system versioning;

-- Where the files of the import land, as text and line by line. `row_number` is the line of the
-- file; a line that is not loaded says why in `fault`, and one of the wrong shape has its text in
-- `rest`. Aria: staging needs no crash safety and no undo. An import leaves nothing here.
create table if not exists staging_address (
    `row_number` int unsigned not null,
    address_id varchar(500) null,
    address_line_1 varchar(500) null,
    address_line_2 varchar(500) null,
    district varchar(500) null,
    city varchar(500) null,
    postal_code varchar(500) null,
    country varchar(500) null,
    phone varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_counterparty (
    `row_number` int unsigned not null,
    counterparty_id varchar(500) null,
    counterparty_legal_name varchar(500) null,
    legal_address_id varchar(500) null,
    commercial_contact varchar(500) null,
    delivery_contact varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_currency (
    `row_number` int unsigned not null,
    currency_id varchar(500) null,
    currency_code varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_department (
    `row_number` int unsigned not null,
    department_id varchar(500) null,
    department_name varchar(500) null,
    location varchar(500) null,
    manager varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_design (
    `row_number` int unsigned not null,
    design_id varchar(500) null,
    design_name varchar(500) null,
    file_location varchar(500) null,
    file_name varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_currency_rate (
    `row_number` int unsigned not null,
    currency_from varchar(500) null,
    currency_to varchar(500) null,
    date varchar(500) null,
    rate varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_payment (
    `row_number` int unsigned not null,
    payment_id varchar(500) null,
    transaction_id varchar(500) null,
    counterparty_id varchar(500) null,
    payment_amount varchar(500) null,
    currency_id varchar(500) null,
    payment_type_id varchar(500) null,
    paid varchar(500) null,
    payment_date varchar(500) null,
    company_ac_number varchar(500) null,
    counterparty_ac_number varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_payment_type (
    `row_number` int unsigned not null,
    payment_type_id varchar(500) null,
    payment_type_name varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_purchase_order (
    `row_number` int unsigned not null,
    purchase_order_id varchar(500) null,
    staff_id varchar(500) null,
    counterparty_id varchar(500) null,
    item_code varchar(500) null,
    item_quantity varchar(500) null,
    item_unit_price varchar(500) null,
    currency_id varchar(500) null,
    agreed_delivery_date varchar(500) null,
    agreed_payment_date varchar(500) null,
    agreed_delivery_location_id varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_sales_order (
    `row_number` int unsigned not null,
    sales_order_id varchar(500) null,
    design_id varchar(500) null,
    staff_id varchar(500) null,
    counterparty_id varchar(500) null,
    units_sold varchar(500) null,
    unit_price varchar(500) null,
    currency_id varchar(500) null,
    agreed_delivery_date varchar(500) null,
    agreed_payment_date varchar(500) null,
    agreed_delivery_location_id varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_staff (
    `row_number` int unsigned not null,
    staff_id varchar(500) null,
    first_name varchar(500) null,
    last_name varchar(500) null,
    department_id varchar(500) null,
    email_address varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

create table if not exists staging_transaction (
    `row_number` int unsigned not null,
    transaction_id varchar(500) null,
    transaction_type varchar(500) null,
    sales_order_id varchar(500) null,
    purchase_order_id varchar(500) null,
    created_at varchar(500) null,
    last_updated varchar(500) null,
    rest varchar(1000) null,
    fault varchar(200) null
) engine = Aria transactional = 0 default charset = utf8mb4 collate = utf8mb4_nopad_bin;

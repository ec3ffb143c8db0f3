-- A market: sales of stalls in several currencies, and what currencies are worth by day.
create table if not exists sale (
    sale_id int not null primary key,
    stall varchar(200) null,
    currency varchar(3) null,
    sold_on date null,
    paid_at datetime(3) null,
    buyer int null,
    ticket int null,
    items int null,
    amount decimal(9,2) null,
    tip decimal(9,3) null,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    key sale_sold_on_ix (sold_on),
    period for system_time (row_start, row_end)
) with system versioning;
create table if not exists rate (
    rate_id int not null primary key,
    currency_from varchar(3) not null,
    currency_to varchar(3) not null,
    date date not null,
    rate decimal(12,6) not null,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    key rate_pair_ix (currency_from, currency_to, date),
    period for system_time (row_start, row_end)
) with system versioning;

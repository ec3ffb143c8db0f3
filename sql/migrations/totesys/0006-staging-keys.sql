-- An import lays a temporary table of its own over each staging table, so these hold no rows: as
-- InnoDB with a primary key they are what a cluster of Galera asks of tables.
delete from staging_address;
alter table staging_address engine = InnoDB transactional = default;
alter table staging_address add primary key if not exists (`row_number`);

delete from staging_counterparty;
alter table staging_counterparty engine = InnoDB transactional = default;
alter table staging_counterparty add primary key if not exists (`row_number`);

delete from staging_currency;
alter table staging_currency engine = InnoDB transactional = default;
alter table staging_currency add primary key if not exists (`row_number`);

delete from staging_department;
alter table staging_department engine = InnoDB transactional = default;
alter table staging_department add primary key if not exists (`row_number`);

delete from staging_design;
alter table staging_design engine = InnoDB transactional = default;
alter table staging_design add primary key if not exists (`row_number`);

delete from staging_currency_rate;
alter table staging_currency_rate engine = InnoDB transactional = default;
alter table staging_currency_rate add primary key if not exists (`row_number`);

delete from staging_payment;
alter table staging_payment engine = InnoDB transactional = default;
alter table staging_payment add primary key if not exists (`row_number`);

delete from staging_payment_type;
alter table staging_payment_type engine = InnoDB transactional = default;
alter table staging_payment_type add primary key if not exists (`row_number`);

delete from staging_purchase_order;
alter table staging_purchase_order engine = InnoDB transactional = default;
alter table staging_purchase_order add primary key if not exists (`row_number`);

delete from staging_sales_order;
alter table staging_sales_order engine = InnoDB transactional = default;
alter table staging_sales_order add primary key if not exists (`row_number`);

delete from staging_staff;
alter table staging_staff engine = InnoDB transactional = default;
alter table staging_staff add primary key if not exists (`row_number`);

delete from staging_transaction;
alter table staging_transaction engine = InnoDB transactional = default;
alter table staging_transaction add primary key if not exists (`row_number`);

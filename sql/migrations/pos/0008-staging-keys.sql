-- An import lays a temporary table of its own over each staging table, so these hold no rows: as
-- InnoDB with a primary key they are what a cluster of Galera asks of tables.
delete from staging_customer;
alter table staging_customer engine = InnoDB transactional = default;
alter table staging_customer add primary key if not exists (`row_number`);

delete from staging_order;
alter table staging_order engine = InnoDB transactional = default;
alter table staging_order add primary key if not exists (`row_number`);

delete from staging_orderline;
alter table staging_orderline engine = InnoDB transactional = default;
alter table staging_orderline add primary key if not exists (`row_number`);

delete from staging_product;
alter table staging_product engine = InnoDB transactional = default;
alter table staging_product add primary key if not exists (`row_number`);

delete from staging_sales_tax;
alter table staging_sales_tax engine = InnoDB transactional = default;
alter table staging_sales_tax add primary key if not exists (`row_number`);

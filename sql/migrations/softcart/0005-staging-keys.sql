-- An import lays a temporary table of its own over each staging table, so these hold no rows: as
-- InnoDB with a primary key they are what a cluster of Galera asks of tables.
delete from staging_oltpdata;
alter table staging_oltpdata engine = InnoDB transactional = default;
alter table staging_oltpdata add primary key if not exists (`row_number`);

delete from staging_sales_olddata;
alter table staging_sales_olddata engine = InnoDB transactional = default;
alter table staging_sales_olddata add primary key if not exists (`row_number`);

delete from staging_sales_newdata;
alter table staging_sales_newdata engine = InnoDB transactional = default;
alter table staging_sales_newdata add primary key if not exists (`row_number`);

delete from staging_sales;
alter table staging_sales engine = InnoDB transactional = default;
alter table staging_sales add primary key if not exists (`row_number`);

delete from staging_catalog;
alter table staging_catalog engine = InnoDB transactional = default;
alter table staging_catalog add primary key if not exists (`row_number`);

delete from staging_dim_date;
alter table staging_dim_date engine = InnoDB transactional = default;
alter table staging_dim_date add primary key if not exists (`row_number`);

delete from staging_dim_category;
alter table staging_dim_category engine = InnoDB transactional = default;
alter table staging_dim_category add primary key if not exists (`row_number`);

delete from staging_dim_country;
alter table staging_dim_country engine = InnoDB transactional = default;
alter table staging_dim_country add primary key if not exists (`row_number`);

delete from staging_fact_orders;
alter table staging_fact_orders engine = InnoDB transactional = default;
alter table staging_fact_orders add primary key if not exists (`row_number`);

delete from staging_ecommerce;
alter table staging_ecommerce engine = InnoDB transactional = default;
alter table staging_ecommerce add primary key if not exists (`row_number`);

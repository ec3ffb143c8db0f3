-- Takes back 0005-filter-indexes.sql.
drop index if exists city_city_ix on city;
drop index if exists customer_first_name_ix on customer;
drop index if exists product_current_price_ix on product;
drop index if exists order_date_shipped_ix on `order`;

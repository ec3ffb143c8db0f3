-- Takes back 0006-line-without-price.sql.
drop table if exists line_without_price;

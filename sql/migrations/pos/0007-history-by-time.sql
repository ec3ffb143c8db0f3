-- The shop's tables keep their history by time, with the versions that they have (core migrations
-- 0007 to 0009). All of them at once: none may be written while another is altered.
call keep_commit_times();
call keep_versions('city');
call keep_versions('sales_tax');
call keep_versions('customer');
call keep_versions('product');
call keep_versions('order');
call keep_versions('orderline');
call keep_versions('price_history');

lock tables
    city write, city_versions write,
    sales_tax write, sales_tax_versions write,
    customer write, customer_versions write,
    product write, product_versions write,
    `order` write, order_versions write,
    orderline write, orderline_versions write,
    price_history write, price_history_versions write,
    commit_time as begun read, commit_time as ended read;
call take_versions('city');
call take_versions('sales_tax');
call take_versions('customer');
call take_versions('product');
call take_versions('order');
call take_versions('orderline');
call take_versions('price_history');
call put_versions('city');
call put_versions('sales_tax');
call put_versions('customer');
call put_versions('product');
call put_versions('order');
call put_versions('orderline');
call put_versions('price_history');
unlock tables;

drop table
    city_versions, sales_tax_versions, customer_versions, product_versions,
    order_versions, orderline_versions, price_history_versions, commit_time;

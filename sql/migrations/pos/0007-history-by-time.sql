-- The shop's tables keep their history by time, with the versions that they have (core migrations
-- 0007 to 0009). All of them at once: none may be written while another is altered.
call vitrine_keep_commit_times();
call vitrine_keep_versions('city');
call vitrine_keep_versions('sales_tax');
call vitrine_keep_versions('customer');
call vitrine_keep_versions('product');
call vitrine_keep_versions('order');
call vitrine_keep_versions('orderline');
call vitrine_keep_versions('price_history');

lock tables
    city write, city_versions write,
    sales_tax write, sales_tax_versions write,
    customer write, customer_versions write,
    product write, product_versions write,
    `order` write, order_versions write,
    orderline write, orderline_versions write,
    price_history write, price_history_versions write,
    vitrine_commit_time as begun read, vitrine_commit_time as ended read;
call vitrine_take_versions('city');
call vitrine_take_versions('sales_tax');
call vitrine_take_versions('customer');
call vitrine_take_versions('product');
call vitrine_take_versions('order');
call vitrine_take_versions('orderline');
call vitrine_take_versions('price_history');
call vitrine_put_versions('city');
call vitrine_put_versions('sales_tax');
call vitrine_put_versions('customer');
call vitrine_put_versions('product');
call vitrine_put_versions('order');
call vitrine_put_versions('orderline');
call vitrine_put_versions('price_history');
unlock tables;

drop table
    city_versions, sales_tax_versions, customer_versions, product_versions,
    order_versions, orderline_versions, price_history_versions, vitrine_commit_time;

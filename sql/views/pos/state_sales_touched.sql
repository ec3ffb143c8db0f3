-- purpose: which documents of state_sales a change may alter
-- grain: one row per change and state
-- reads: change_log, city, customer, order, orderline
-- model: state_sales
create or replace sql security invoker view state_sales_touched as
select
    change_log.change_id,
    json_value(change_log.row_keys, '$.state') collate utf8mb4_nopad_bin as document_id
from change_log
where change_log.source_table = 'city' and change_log.changed is null
union all
select
    change_log.change_id,
    city.state as document_id
from change_log
join city on city.zip = json_value(change_log.row_keys, '$.zip') collate utf8mb4_nopad_bin
where change_log.source_table = 'customer' and change_log.changed is null
union all
select
    change_log.change_id,
    city.state as document_id
from change_log
join customer
    on customer.customer_id = cast(json_value(change_log.row_keys, '$.customer_id') as int)
join city on city.zip = customer.zip
where
    change_log.source_table = 'order'
    and (
        change_log.changed is null
        or find_in_set('status', change_log.changed)
        or find_in_set('subtotal', change_log.changed)
    )
union all
select
    change_log.change_id,
    city.state as document_id
from change_log
join `order` as placed
    on placed.order_id = cast(json_value(change_log.row_keys, '$.order_id') as int)
join customer on customer.customer_id = placed.customer_id
join city on city.zip = customer.zip
where change_log.source_table = 'orderline'
union all
select
    change_log.change_id,
    city.state as document_id
from change_log
join orderline as line
    on line.product_id = cast(json_value(change_log.row_keys, '$.product_id') as int)
join `order` as placed on placed.order_id = line.order_id
join customer on customer.customer_id = placed.customer_id
join city on city.zip = customer.zip
where
    change_log.source_table = 'product'
    and (change_log.changed is null or find_in_set('name', change_log.changed));

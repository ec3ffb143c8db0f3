-- purpose: which documents of customer_orders a change may alter
-- grain: one row per change and customer
-- reads: change_log, customer, order, orderline
-- model: customer_orders
create or replace sql security invoker view customer_orders_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.customer_id') as int) as document_id
from change_log
where
    change_log.source_table = 'order'
    or (
        change_log.source_table = 'customer'
        and (
            change_log.changed is null
            or find_in_set('first_name', change_log.changed)
            or find_in_set('last_name', change_log.changed)
            or find_in_set('address1', change_log.changed)
            or find_in_set('address2', change_log.changed)
        )
    )
union all
select
    change_log.change_id,
    customer.customer_id as document_id
from change_log
join customer
    on customer.zip = json_value(change_log.row_keys, '$.zip') collate utf8mb4_nopad_bin
where change_log.source_table = 'city'
union all
select
    change_log.change_id,
    placed.customer_id as document_id
from change_log
join `order` as placed
    on placed.order_id = cast(json_value(change_log.row_keys, '$.order_id') as int)
where change_log.source_table = 'orderline'
union all
select
    change_log.change_id,
    placed.customer_id as document_id
from change_log
join orderline as line
    on line.product_id = cast(json_value(change_log.row_keys, '$.product_id') as int)
join `order` as placed on placed.order_id = line.order_id
where
    change_log.source_table = 'product'
    and (change_log.changed is null or find_in_set('name', change_log.changed));

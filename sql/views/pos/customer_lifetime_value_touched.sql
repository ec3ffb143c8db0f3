-- purpose: which documents of customer_lifetime_value a change may alter
-- grain: one row per change and customer
-- reads: change_log, order, orderline
-- model: customer_lifetime_value
create or replace sql security invoker view customer_lifetime_value_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.customer_id') as int) as document_id
from change_log
where
    (
        change_log.source_table = 'customer'
        and (
            change_log.changed is null
            or find_in_set('first_name', change_log.changed)
            or find_in_set('last_name', change_log.changed)
        )
    )
    or (
        change_log.source_table = 'order'
        and (
            change_log.changed is null
            or find_in_set('status', change_log.changed)
            or find_in_set('subtotal', change_log.changed)
            or find_in_set('date_placed', change_log.changed)
        )
    )
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

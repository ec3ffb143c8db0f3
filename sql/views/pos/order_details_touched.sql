-- purpose: which documents of order_details a change may alter
-- grain: one row per change and order
-- reads: change_log, order, orderline
-- model: order_details
create or replace sql security invoker view order_details_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.order_id') as int) as document_id
from change_log
where change_log.source_table in ('order', 'orderline')
union all
select
    change_log.change_id,
    placed.order_id as document_id
from change_log
join `order` as placed
    on placed.customer_id = cast(json_value(change_log.row_keys, '$.customer_id') as int)
where
    change_log.source_table = 'customer'
    and (
        change_log.changed is null
        or find_in_set('first_name', change_log.changed)
        or find_in_set('last_name', change_log.changed)
    )
union all
select
    change_log.change_id,
    line.order_id as document_id
from change_log
join orderline as line
    on line.product_id = cast(json_value(change_log.row_keys, '$.product_id') as int)
where
    change_log.source_table = 'product'
    and (change_log.changed is null or find_in_set('name', change_log.changed));

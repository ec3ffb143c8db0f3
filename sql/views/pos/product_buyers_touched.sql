-- purpose: which documents of product_buyers a change may alter
-- grain: one row per change and product
-- reads: change_log, orderline, order
-- model: product_buyers
-- An order matters by its customer alone: whether it is shipped or what it costs changes no buyer.
create or replace sql security invoker view product_buyers_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.product_id') as int) as document_id
from change_log
where
    (change_log.source_table = 'orderline' and change_log.changed is null)
    or (
        change_log.source_table = 'product'
        and (
            change_log.changed is null
            or find_in_set('name', change_log.changed)
            or find_in_set('current_price', change_log.changed)
        )
    )
union all
select
    change_log.change_id,
    line.product_id as document_id
from change_log
join orderline as line
    on line.order_id = cast(json_value(change_log.row_keys, '$.order_id') as int)
where change_log.source_table = 'order' and change_log.changed is null
union all
select
    change_log.change_id,
    line.product_id as document_id
from change_log
join `order` as placed
    on placed.customer_id = cast(json_value(change_log.row_keys, '$.customer_id') as int)
join orderline as line on line.order_id = placed.order_id
where
    change_log.source_table = 'customer'
    and (
        change_log.changed is null
        or find_in_set('first_name', change_log.changed)
        or find_in_set('last_name', change_log.changed)
    );

-- purpose: which documents of monthly_sales a change may alter
-- grain: one row per change and month
-- reads: change_log, order, orderline
-- model: monthly_sales
-- An order matters to every month in which its customer ordered: it decides where the customer is
-- new.
create or replace sql security invoker view monthly_sales_touched as
select
    change_log.change_id,
    json_value(change_log.row_keys, '$.placed_month') collate utf8mb4_nopad_bin as document_id
from change_log
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
    placed.placed_month as document_id
from change_log
join `order` as placed
    on placed.customer_id = cast(json_value(change_log.row_keys, '$.customer_id') as int)
where
    change_log.source_table = 'order'
    and (change_log.changed is null or find_in_set('status', change_log.changed))
union all
select
    change_log.change_id,
    placed.placed_month as document_id
from change_log
join `order` as placed
    on placed.order_id = cast(json_value(change_log.row_keys, '$.order_id') as int)
where change_log.source_table = 'orderline'
union all
select
    change_log.change_id,
    placed.placed_month as document_id
from change_log
join orderline as line
    on line.product_id = cast(json_value(change_log.row_keys, '$.product_id') as int)
join `order` as placed on placed.order_id = line.order_id
where
    change_log.source_table = 'product'
    and (change_log.changed is null or find_in_set('name', change_log.changed));

-- purpose: which documents of sales_trend a change may alter: the order's month and the next
-- grain: one row per change of an order and month
-- reads: change_log
-- model: sales_trend
-- A written line changes its order's subtotal, which is logged as a change of the order.
create or replace sql security invoker view sales_trend_touched as
select
    change_log.change_id,
    json_value(change_log.row_keys, '$.placed_month') as document_id
from change_log
where change_log.source_table = 'order'
union all
select
    change_log.change_id,
    date_format(
        cast(concat(json_value(change_log.row_keys, '$.placed_month'), '-01') as date)
        + interval 1 month,
        '%Y-%m'
    ) as document_id
from change_log
where change_log.source_table = 'order';

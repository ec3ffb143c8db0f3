-- purpose: which documents of sales_trend a change of order may alter: its month and the next
-- grain: one row per change of an order and month
-- reads: vitrine_change_order
-- model: sales_trend
-- changes: order
-- A written line changes its order's subtotal, which is logged as a change of the order.
create or replace sql security invoker view sales_trend_touched_by_order as
select
    changes.vitrine_id as change_id,
    changes.placed_month as document_id
from vitrine_change_order as changes
union all
select
    changes.vitrine_id as change_id,
    date_format(
        cast(concat(changes.placed_month, '-01') as date) + interval 1 month,
        '%Y-%m'
    ) as document_id
from vitrine_change_order as changes;

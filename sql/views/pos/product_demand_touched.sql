-- purpose: which documents of product_demand a change may alter
-- grain: one row per change and product
-- reads: change_log, orderline
-- model: product_demand
create or replace sql security invoker view product_demand_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.product_id') as int) as document_id
from change_log
where change_log.source_table in ('product', 'orderline')
union all
select
    change_log.change_id,
    line.product_id as document_id
from change_log
join orderline as line
    on line.order_id = cast(json_value(change_log.row_keys, '$.order_id') as int)
where change_log.source_table = 'order';

-- purpose: which documents of order_checks a change may alter
-- grain: one row per change of an order or of one of its lines
-- reads: change_log
-- model: order_checks
create or replace sql security invoker view order_checks_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.order_id') as int) as document_id
from change_log
where change_log.source_table in ('order', 'orderline');

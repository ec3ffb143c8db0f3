-- purpose: which documents of pending_shipments a change may alter
-- grain: one row per change and state
-- reads: change_log, city, customer
-- model: pending_shipments
-- Whether an order is pending is not asked: it may have been, or be so again.
create or replace sql security invoker view pending_shipments_touched as
select
    change_log.change_id,
    json_value(change_log.row_keys, '$.state') collate utf8mb4_nopad_bin as document_id
from change_log
where change_log.source_table = 'city'
union all
select
    change_log.change_id,
    city.state as document_id
from change_log
join city on city.zip = json_value(change_log.row_keys, '$.zip') collate utf8mb4_nopad_bin
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
    city.state as document_id
from change_log
join customer
    on customer.customer_id = cast(json_value(change_log.row_keys, '$.customer_id') as int)
join city on city.zip = customer.zip
where change_log.source_table = 'order';

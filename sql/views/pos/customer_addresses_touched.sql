-- purpose: which documents of customer_addresses a change may alter
-- grain: one row per change and customer
-- reads: change_log, customer
-- model: customer_addresses
create or replace sql security invoker view customer_addresses_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.customer_id') as int) as document_id
from change_log
where
    change_log.source_table = 'customer'
    and (
        change_log.changed is null
        or find_in_set('first_name', change_log.changed)
        or find_in_set('last_name', change_log.changed)
        or find_in_set('address1', change_log.changed)
        or find_in_set('address2', change_log.changed)
    )
union all
select
    change_log.change_id,
    customer.customer_id as document_id
from change_log
join customer
    on customer.zip = json_value(change_log.row_keys, '$.zip') collate utf8mb4_nopad_bin
where change_log.source_table = 'city';

-- purpose: which facts of the cube sales a change may alter
-- grain: one row per change and order line
-- reads: change_log, orderline, order, customer
-- model: sales
-- A written line moves the tax of its order's other lines too; a line that is gone is named by its
-- own keys.
create or replace sql security invoker view sales_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.order_id') as int) * 4294967296
    + cast(json_value(change_log.row_keys, '$.product_id') as int) as document_id
from change_log
where change_log.source_table = 'orderline'
union all
select
    change_log.change_id,
    line.sale_id as document_id
from change_log
join orderline as line on line.order_id = cast(json_value(change_log.row_keys, '$.order_id') as int)
where change_log.source_table in ('orderline', 'order')
union all
select
    change_log.change_id,
    line.sale_id as document_id
from change_log
join `order` on `order`.customer_id = cast(json_value(change_log.row_keys, '$.customer_id') as int)
join orderline as line on line.order_id = `order`.order_id
where change_log.source_table = 'customer'
union all
select
    change_log.change_id,
    line.sale_id as document_id
from change_log
join customer on customer.zip
    = json_value(change_log.row_keys, '$.zip') collate utf8mb4_nopad_bin
join `order` on `order`.customer_id = customer.customer_id
join orderline as line on line.order_id = `order`.order_id
where change_log.source_table = 'city';

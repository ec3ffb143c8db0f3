-- purpose: which documents of product_price_history a change may alter
-- grain: one row per change of a price or of a product's name
-- reads: change_log
-- model: product_price_history
create or replace sql security invoker view product_price_history_touched as
select
    change_log.change_id,
    cast(json_value(change_log.row_keys, '$.product_id') as int) as document_id
from change_log
where
    change_log.source_table = 'price_history'
    or (
        change_log.source_table = 'product'
        and (change_log.changed is null or find_in_set('name', change_log.changed))
    );

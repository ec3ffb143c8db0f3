-- purpose: an item of the shop on the web
-- grain: one row per item
-- reads: dim_item
-- model: item
create or replace sql security invoker view item as
select
    item.item_id,
    item.category as category_name,
    item.name
from dim_item as item;

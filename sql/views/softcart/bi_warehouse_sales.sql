-- purpose: sales of the warehouse, for tools of analysts
-- grain: one row per sale
-- reads: sale, catalog_entry
create or replace sql security definer view bi_warehouse_sales as
select
    fact.row_id,
    fact.sold_on,
    fact.product_id,
    entry.kind as product_kind,
    entry.brand,
    entry.model,
    fact.customer_id,
    fact.price,
    fact.quantity as units,
    fact.total_price as revenue
from sale as fact
left join catalog_entry as entry on entry.catalog_id = fact.product_id;

-- purpose: products of the catalogue, for tools of analysts
-- grain: one row per product of the catalogue
-- reads: catalog_entry
create or replace sql security definer view bi_catalog as
select
    entry.catalog_id,
    entry.kind,
    entry.brand,
    entry.model,
    entry.screen_size,
    entry.ram_gb,
    entry.hard_disk_gb,
    entry.resolution
from catalog_entry as entry;

-- purpose: a product of the catalogue, its sizes in units that can be compared
-- grain: one row per product of the catalogue
-- reads: catalog_product
-- model: catalog_entry
create or replace sql security invoker view catalog_entry as
select
    product.catalog_id,
    product.kind,
    product.brand,
    product.model,
    product.screen_size,
    product.ram_gb,
    product.hard_disk_gb,
    product.resolution
from catalog_product as product;

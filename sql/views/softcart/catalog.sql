-- purpose: facts of the cube catalog: the products of the catalogue, to be counted
-- grain: one row per product of the catalogue
-- reads: catalog_product
-- model: catalog
create or replace sql security invoker view catalog as
select
    product.catalog_id,
    product.kind,
    product.brand,
    product.screen_size
from catalog_product as product;

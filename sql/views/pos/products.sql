-- purpose: a product as it is: its price and how many are there
-- grain: one row per product
-- reads: product
-- model: products
create or replace sql security invoker view products as
select
    product.product_id,
    product.name,
    product.current_price,
    product.available_quantity as stock
from product;

-- purpose: products with their price and stock, for tools of analysts
-- grain: one row per product
-- reads: product
create or replace sql security definer view bi_products as
select
    product.product_id,
    product.name as product_name,
    product.current_price,
    product.available_quantity
from product;

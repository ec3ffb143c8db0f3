-- purpose: what was sold on the web, for tools of analysts
-- grain: one row per line that was sold
-- reads: ecommerce
create or replace sql security definer view bi_web_sales as
select
    fact.ecommerce_id,
    fact.sold_on,
    fact.category_name,
    fact.item_name,
    fact.price
from ecommerce as fact;

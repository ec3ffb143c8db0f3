-- purpose: a category of what is ordered
-- grain: one row per category
-- reads: dim_category
-- model: category
create or replace sql security invoker view category as
select
    category.category_id,
    category.name
from dim_category as category;

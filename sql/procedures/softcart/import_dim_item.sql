-- purpose: brings the items of staged ecommerce.csv into dim_item, after judge_ecommerce
-- reads: staging_ecommerce
-- writes: dim_item
create or replace procedure import_dim_item()
modifies sql data
begin
    insert into dim_item (category, name)
    select s.category, s.name
    from (
        select distinct trim(category) as category, trim(item) as name
        from staging_ecommerce
        where fault is null
    ) s
    left join dim_item i on i.category = s.category and i.name = s.name
    where i.item_id is null
    order by s.category, s.name;
    select 'dim_item' as table_name, row_count() as inserted, 0 as updated, 0 as deleted;
end

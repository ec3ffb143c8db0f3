-- Facts, dimensions and the catalogue keep their history by time: what documents said at a moment.
for kept in (
    select candidate.name
    from (
        select 'dim_category' as name
        union all select 'dim_country'
        union all select 'dim_item'
        union all select 'fact_sales'
        union all select 'fact_orders'
        union all select 'fact_ecommerce'
        union all select 'catalog_product'
    ) as candidate
    where not exists (
        select 1 from information_schema.columns as known
        where known.table_schema = database() and known.table_name = candidate.name
            and known.column_name = 'row_start'
    )
) do
    execute immediate concat(
        'alter table `', kept.name, '`
            add column row_start timestamp(6) generated always as row start invisible,
            add column row_end timestamp(6) generated always as row end invisible,
            add period for system_time (row_start, row_end), add system versioning'
    );
end for;

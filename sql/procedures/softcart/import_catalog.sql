-- purpose: turns staged catalog.json into catalog_product, after judge_catalog
-- reads: staging_catalog
-- writes: catalog_product
-- A product with a product id is the one of that id; any other the one that is equal in all.
create or replace procedure import_catalog()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;
    declare v_least int default (
        select least(coalesce(min(catalog_id), 0), 0) from catalog_product);

    create or replace temporary table clean_product as
    select `row_number`, product_id, kind, brand, model, screen_size, ram_gb, hard_disk_gb,
        resolution,
        json_object(
            'productId', product_id,
            'kind', kind,
            'brand', brand,
            'model', model,
            'screenSize', cast(screen_size as char),
            'ramGb', cast(ram_gb as char),
            'hardDiskGb', cast(hard_disk_gb as char),
            'resolution', resolution
        ) as source_text
    from (
        select `row_number`, cast(product_id as signed) as product_id,
            case left(lower(trim(kind)), 1)
                when 'l' then 'laptop' when 't' then 'television' else 'smart phone' end as kind,
            nullif(trim(brand), '') as brand, trim(model) as model,
            inches_of(screen_size) as screen_size,
            cast(gigabytes_of(ram) as decimal(10,3)) as ram_gb,
            cast(gigabytes_of(hard_disk) as decimal(12,3)) as hard_disk_gb,
            nullif(trim(resolution), '') as resolution
        from staging_catalog
        where fault is null
    ) s;

    update clean_product n
    join catalog_product p on p.catalog_id = n.product_id
    set
        p.kind = n.kind,
        p.brand = n.brand,
        p.model = n.model,
        p.screen_size = n.screen_size,
        p.ram_gb = n.ram_gb,
        p.hard_disk_gb = n.hard_disk_gb,
        p.resolution = n.resolution,
        p.source_text = n.source_text
    where p.source_hash <> unhex(sha2(n.source_text, 256));
    set v_updated = row_count();

    insert into catalog_product (
        catalog_id, kind, brand, model, screen_size, ram_gb, hard_disk_gb, resolution, source_text)
    select
        coalesce(product_id, v_least - row_number() over (
            partition by product_id is null order by `row_number`
        )),
        kind, brand, model, screen_size, ram_gb, hard_disk_gb, resolution, source_text
    from (
        select n.`row_number`, n.product_id, n.kind, n.brand, n.model, n.screen_size, n.ram_gb,
            n.hard_disk_gb, n.resolution, n.source_text,
            row_number() over (partition by n.source_text order by n.`row_number`) as copy
        from clean_product n
        left join catalog_product p on p.source_hash = unhex(sha2(n.source_text, 256))
        where p.catalog_id is null
    ) n
    where copy = 1;
    set v_inserted = row_count();

    select 'catalog_product' as table_name, v_inserted as inserted, v_updated as updated,
        0 as deleted;
end

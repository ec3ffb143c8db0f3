-- purpose: turns staged products.csv into product
-- reads: staging_product
-- writes: product, staging_product.fault
-- Prices come as $999.99, "$9,999.99", $999 or $9999.99.
create or replace procedure import_products()
modifies sql data
begin
    declare v_inserted, v_updated int default 0;
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;
    set @pos_bulk_load = 1;

    update staging_product
    set fault = case
            when trim(id) not regexp '^[0-9]{1,9}$' then 'ID: is not a whole number'
            when trim(name) = '' then 'Name: is blank'
            when name regexp '[[:cntrl:]]' then 'Name: has control characters'
            when char_length(trim(name)) > 200 then 'Name: is longer than 200 letters'
            when trim(price)
                    not regexp '^[$]?([0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2})([.][0-9]{1,2})?$'
                then 'Price: is not an amount of dollars and cents'
            when char_length(regexp_replace(trim(price), '[.].*|[$,]', '')) > 8
                then 'Price: is 100 million or more'
            when trim(quantity) regexp '^-[0-9]+$' then 'Quantity on Hand: is negative'
            when trim(quantity) not regexp '^[0-9]{1,9}$'
                then 'Quantity on Hand: is not a whole number'
        end,
        -- Refused lines keep their text, to be shown.
        price = if(fault is null, replace(replace(trim(price), '$', ''), ',', ''), price)
    where fault is null;

    update staging_product s
    join (
        select cast(id as signed) as id, min(`row_number`) as first_row
        from staging_product where fault is null
        group by cast(id as signed) having count(*) > 1
        order by null
    ) d on d.id = cast(s.id as signed)
    set s.fault = concat('ID: was already given in line ', d.first_row)
    where s.fault is null and s.`row_number` <> d.first_row;

    update staging_product s
    straight_join product p on p.product_id = cast(s.id as signed)
    set
        p.name = trim(s.name),
        p.current_price = s.price,
        p.available_quantity = s.quantity
    where s.fault is null
        and (
            p.name <> trim(s.name)
            or p.current_price <> cast(s.price as decimal(10,2))
            or p.available_quantity <> cast(s.quantity as signed)
        );
    set v_updated = row_count();

    insert into product (product_id, name, current_price, available_quantity)
    select cast(s.id as signed), trim(s.name), s.price, cast(s.quantity as signed)
    from staging_product s
    left join product p on p.product_id = cast(s.id as signed)
    where s.fault is null and p.product_id is null;
    set v_inserted = row_count();

    set @pos_bulk_load = null;
    set @pos_import_wrote = if(v_inserted + v_updated > 0, 1, @pos_import_wrote);
    select 'product' as table_name, v_inserted as inserted, v_updated as updated, 0 as deleted;
end

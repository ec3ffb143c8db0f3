-- purpose: finds the lines of staged orderlines.csv that can be loaded, after clean_orders: one
-- line per unit sold, so a quantity is a count
-- reads: staging_orderline, clean_order, product, orderline
-- writes: staging_orderline.fault, clean_line
-- Leaves them in the temporary table clean_line with the quantity that the shop has (null: none)
-- and the price paid (a line that is there already keeps its price).
create or replace procedure judge_orderlines()
modifies sql data
begin
    update staging_orderline
    set fault = if(trim(order_id) regexp '^[0-9]{1,9}$',
        'PID: is not a whole number', 'OID: is not a whole number')
    where fault is null
        and concat(trim(order_id), ' ', trim(product_id)) not regexp '^[0-9]{1,9} [0-9]{1,9}$';

    create or replace temporary table clean_line (
        order_id int not null,
        product_id int not null,
        quantity int not null,
        old_quantity int null,
        unit_price decimal(10,2) null,
        fault varchar(200) null,
        primary key (order_id, product_id)
    ) engine = Aria transactional = 0
    select
        u.order_id,
        u.product_id,
        u.quantity,
        l.quantity as old_quantity,
        coalesce(l.unit_price, p.current_price) as unit_price,
        case
            when o.order_id is null then 'OID: there is no such order, or it was refused'
            when p.product_id is null then 'PID: there is no such product, or it was refused'
        end as fault
    from (
        select
            cast(order_id as signed) as order_id,
            cast(product_id as signed) as product_id,
            count(*) as quantity
        from staging_orderline
        where fault is null
        group by cast(order_id as signed), cast(product_id as signed)
        order by null
    ) u
    left join clean_order o on o.order_id = u.order_id
    left join product p on p.product_id = u.product_id
    left join orderline l on l.order_id = u.order_id and l.product_id = u.product_id;

    if exists (select 1 from clean_line where fault is not null) then
        update staging_orderline s
        straight_join (
            select order_id, product_id, fault from clean_line where fault is not null
        ) n
            on n.order_id = cast(s.order_id as signed)
            and n.product_id = cast(s.product_id as signed)
        set s.fault = n.fault
        where s.fault is null;

        delete from clean_line where fault is not null;
    end if;
end

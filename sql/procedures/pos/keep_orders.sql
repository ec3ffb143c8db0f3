-- purpose: keeps the lines of orders that may not be whole in the files, after compare_orderlines
-- reads: staging_orderline, clean_order, clean_line, changed_order, orderline
-- writes: changed_order, clean_line, vitrine_import_reject
-- Lines go, or lose pieces, by not being in the files: that says something only of an order that is
-- whole there. One with a refused line is not; nor is any when a refused line may be of any order.
-- Answers how many lines would lose, of how many: the import stops when these are too many. Where
-- they are few but the file looks cut, no order loses anything.
create or replace procedure keep_orders()
modifies sql data
begin
    declare v_losing, v_concerned int default 0;
    declare v_doubt varchar(200) default null;

    update changed_order n
    straight_join (
        select distinct cast(order_id as unsigned) as order_id
        from staging_orderline
        where fault is not null and trim(order_id) regexp '^[0-9]{1,9}$'
    ) r on r.order_id = n.order_id
    set n.kept = 'a line of it was refused';

    -- A refused value of many lines is lines that a lost quote has swallowed, of who knows which
    -- orders.
    if exists (
        select 1 from staging_orderline
        where fault is not null
            and (coalesce(trim(order_id), '') not regexp '^[0-9]{1,9}$' or product_id regexp '\n')
    ) then
        call keep_losers('a refused line may be of it');
    end if;
    delete c from changed_order n straight_join clean_line c on c.order_id = n.order_id
    where n.kept is not null;

    select count(*) into v_losing from clean_line where quantity < old_quantity;
    if v_losing > 0 then
        select count(*) into v_concerned
        from clean_order n straight_join orderline l on l.order_id = n.order_id;

        if find_in_set('orderlines.csv', @import_unfinished) then
            set v_doubt = 'the last line of orderlines.csv has no line end';
        elseif exists (select 1 from clean_line group by order_id having max(quantity) = 0) then
            set v_doubt = 'orders of orders.csv have no line in orderlines.csv';
        end if;
        if v_doubt is not null and @import_allow_deletes is null then
            call keep_losers(v_doubt);
            delete c from changed_order n straight_join clean_line c on c.order_id = n.order_id
            where n.kept is not null;
        end if;
    end if;

    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'pos', 'warning', 'orders.csv', o.`row_number`, 'OID', n.order_id,
        concat('this order keeps its lines and total: ', n.kept)
    from changed_order n
    straight_join clean_order o on o.order_id = n.order_id
    where n.kept is not null;

    select 'orderlines.csv' as file, v_losing as losing, v_concerned as concerned;
end

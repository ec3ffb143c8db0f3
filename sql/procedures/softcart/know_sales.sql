-- purpose: gathers the sales of the groups whose row id is known, as the files tell them now, after
-- group_sales
-- reads: clean_sale, sale_group, softcart_sales
-- writes: known_sale, a temporary table
create or replace procedure know_sales()
modifies sql data
begin
    create or replace temporary table known_sale (
        known_id int not null auto_increment,
        row_id bigint not null,
        group_id int not null,
        told_to varchar(6) not null,
        -- null: no source of the row id tells the time
        told_at datetime(3) null,
        loaded_at datetime(3) not null,
        -- of a line without a row id that tells of this sale, see match_sales
        matched_at datetime null,
        -- as the row id was told before, see recall_sales
        is_former boolean not null default false,
        primary key (known_id),
        key (row_id)
    ) engine = Aria transactional = 0;

    insert into known_sale (row_id, group_id, told_to, told_at, loaded_at)
    select c.row_id, g.group_id, c.told_to, c.told_at, utc_timestamp(3)
    from clean_sale c
    join sale_group g using (product_id, customer_id, price, quantity);

    insert into known_sale (row_id, group_id, told_to, told_at, loaded_at)
    select s.row_id, g.group_id, s.told_to,
        case s.told_to
            when 'second' then s.sold_at
            when 'minute' then date_format(s.sold_at, '%Y-%m-%d %H:%i')
        end,
        s.loaded_at
    from sale_group g
    straight_join softcart_sales s force index (softcart_sales_product_id_customer_id_ix)
        using (product_id, customer_id, price, quantity)
    left join clean_sale c on c.row_id = s.row_id
    where s.told_to <> 'no id' and c.row_id is null;

    update known_sale k
    straight_join softcart_sales s force index (primary) on s.row_id = k.row_id
    set k.loaded_at = s.loaded_at;

    -- What was told before is not given up for no time, nor its seconds for its own minute.
    update known_sale k
    straight_join softcart_sales s force index (primary) on s.row_id = k.row_id
    set
        k.told_to = s.told_to,
        k.told_at = if(s.told_to = 'second', s.sold_at, date_format(s.sold_at, '%Y-%m-%d %H:%i'))
    where s.told_to <> 'none'
        and (
            k.told_to = 'none'
            or k.told_to = 'minute' and k.told_at = date_format(s.sold_at, '%Y-%m-%d %H:%i')
        );
end

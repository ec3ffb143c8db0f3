/**
 * Gives a freshly imported sample prices of the past, which no file of the shop tells: three of four products changed
 * theirs once to three times in the time of the orders, by −3.5 % to 7.5 % of today's, and orders placed before a
 * change were paid at the older price. By hashes of ids, so that the same sample has the same past.
 */
export const samplePrices = `
begin not atomic
    declare v_from, v_to datetime(3);
    declare exit handler for sqlexception begin
        set @pos_bulk_load = null;
        resignal;
    end;

    select min(date_placed), max(date_placed) into v_from, v_to from \`order\`;

    create or replace temporary table sample_step (primary key (product_id, step))
    engine = Aria transactional = 0
    select
        p.product_id,
        s.step,
        -- In a part of the time of its own, between a quarter and three quarters of it.
        timestampadd(
            second,
            floor(
                timestampdiff(second, v_from, v_to)
                * (s.step - 0.75 + crc32(concat('at', p.product_id, '.', s.step)) % 1000 / 2000)
                / (crc32(concat('steps', p.product_id)) % 4)
            ),
            v_from
        ) as changed_at,
        p.current_price,
        crc32(concat('by', p.product_id, '.', s.step)) % 12 - 3.5 as percent
    from product p
    join (select 1 as step union all select 2 union all select 3) s
        on s.step <= crc32(concat('steps', p.product_id)) % 4;

    create or replace temporary table sample_price (primary key (product_id, step))
    engine = Aria transactional = 0
    select
        s.product_id,
        s.step,
        coalesce(lag(s.changed_at) over (partition by s.product_id order by s.step), v_from) as since,
        s.changed_at,
        round(s.current_price * (1 - sum(s.percent) over (
            partition by s.product_id order by s.step desc rows unbounded preceding) / 100), 2) as old_price,
        round(s.current_price * (1 - coalesce(sum(s.percent) over (
            partition by s.product_id order by s.step desc
            rows between unbounded preceding and 1 preceding), 0) / 100), 2) as new_price
    from sample_step s;

    insert into price_history (product_id, old_price, new_price, changed_at)
    select product_id, old_price, new_price, changed_at
    from sample_price
    where old_price <> new_price
    order by changed_at, product_id;

    set @pos_bulk_load = 1;
    set statement sql_safe_updates = 0 for
    update sample_price s
    straight_join orderline l on l.product_id = s.product_id
    straight_join \`order\` o on o.order_id = l.order_id
    set l.unit_price = s.old_price
    where o.date_placed >= s.since and o.date_placed < s.changed_at;
    set @pos_bulk_load = null;
    call fill_order_total();

    drop temporary table sample_step;
    drop temporary table sample_price;
end`;

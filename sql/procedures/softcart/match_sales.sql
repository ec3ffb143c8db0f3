-- purpose: finds the sales with a row id that lines without one tell of, after recall_sales: of
-- equal times, then of the same minute, then those without a time; of each first
-- those of now, by row id
-- writes: known_sale.matched_at; seen_sale keeps the lines whose row id nobody knows
-- However the lines came, the same lines give the same pairs.
create or replace procedure match_sales()
modifies sql data
begin
    delete s
    from seen_sale s
    straight_join (
        select group_id, cast(date_format(told_at, '%Y-%m-%d %H:%i:%s') as datetime) as told_at,
            count(*) as sales
        from known_sale
        where told_to = 'second'
        group by group_id, cast(date_format(told_at, '%Y-%m-%d %H:%i:%s') as datetime)
    ) k on k.group_id = s.group_id and k.told_at = s.sold_at
    where s.copy <= k.sales;

    create or replace temporary table sale_match (
        known_id int not null,
        seen_id int not null,
        sold_at datetime not null,
        primary key (known_id)
    ) engine = Aria transactional = 0;
    insert into sale_match (known_id, seen_id, sold_at)
    select k.known_id, s.seen_id, s.sold_at
    from (
        select known_id, group_id, told_at,
            row_number() over (
                partition by group_id, told_at order by is_former, row_id, known_id
            ) as place
        from known_sale
        where told_to = 'minute'
    ) k
    join (
        select seen_id, group_id, sold_at,
            cast(date_format(sold_at, '%Y-%m-%d %H:%i') as datetime(3)) as sold_minute,
            row_number() over (
                partition by group_id, date_format(sold_at, '%Y-%m-%d %H:%i')
                order by sold_at, copy
            ) as place
        from seen_sale
    ) s on s.group_id = k.group_id and s.sold_minute = k.told_at and s.place = k.place;
    delete s from seen_sale s join sale_match m on m.seen_id = s.seen_id;

    insert into sale_match (known_id, seen_id, sold_at)
    select k.known_id, s.seen_id, s.sold_at
    from (
        select known_id, group_id,
            row_number() over (partition by group_id order by is_former, row_id, known_id) as place
        from known_sale
        where told_to = 'none'
    ) k
    join (
        select seen_id, group_id, sold_at,
            row_number() over (partition by group_id order by sold_at, copy) as place
        from seen_sale
    ) s on s.group_id = k.group_id and s.place = k.place;
    delete s from seen_sale s join sale_match m on m.seen_id = s.seen_id;

    update known_sale k
    straight_join sale_match m on m.known_id = k.known_id
    set k.matched_at = m.sold_at;
end

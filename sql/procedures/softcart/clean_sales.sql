-- purpose: brings the lines of told_sale that have a row id into clean_sale, one for each, after
-- judge_sales
-- writes: clean_sale, a temporary table; told_sale.fault
create or replace procedure clean_sales()
modifies sql data
begin
    create or replace temporary table clean_sale (
        row_id bigint not null,
        product_id int not null,
        customer_id int not null,
        price decimal(10,2) not null,
        quantity int not null,
        told_at datetime null,
        told_to varchar(6) not null,
        source tinyint not null,
        `row_number` int unsigned not null,
        primary key (row_id)
    ) engine = Aria transactional = 0;

    -- Ignored: lines of a row id that a line before has.
    insert ignore into clean_sale
    select row_id, product_id, customer_id, price, quantity, sold_at,
        case when sold_at is null then 'none' when char_length(sold_at) = 16 then 'minute'
            else 'second' end,
        source, `row_number`
    from told_sale
    where fault is null and row_id is not null
    order by source, `row_number`;

    update told_sale t
    straight_join clean_sale c on c.row_id = cast(t.row_id as signed)
    set t.fault = case
            when t.source = c.source
                then concat('rowid: was already given in line ', c.`row_number`)
            when c.product_id <> t.product_id or c.customer_id <> t.customer_id
                    or c.price <> t.price or c.quantity <> t.quantity
                then 'rowid: another file says otherwise of this sale'
            -- To the minute, when one of them tells no more.
            when date_format(c.told_at, '%Y-%m-%d %H:%i') <> left(t.sold_at, 16)
                    or (c.told_to = 'second' and char_length(t.sold_at) > 16
                        and c.told_at <> t.sold_at)
                then 'timestamp: another file tells another time of this sale'
        end
    where t.fault is null and (t.source, t.`row_number`) <> (c.source, c.`row_number`);

    -- A time is better than none, and seconds are better than minutes.
    update told_sale t
    straight_join clean_sale c on c.row_id = cast(t.row_id as signed)
    set c.told_at = t.sold_at, c.told_to = 'minute'
    where t.fault is null and c.told_to = 'none' and char_length(t.sold_at) = 16;

    update told_sale t
    straight_join clean_sale c on c.row_id = cast(t.row_id as signed)
    set c.told_at = t.sold_at, c.told_to = 'second'
    where t.fault is null and c.told_to <> 'second' and char_length(t.sold_at) > 16;
end

-- purpose: brings the lines of staged orders.csv that can be loaded into clean_order, after
-- judge_orders
-- reads: staging_order
-- writes: clean_order, vitrine_import_reject
-- A temporary table. Subtotal and tax that are null stay as they are in the shop.
create or replace procedure clean_orders()
modifies sql data
begin
    insert into vitrine_import_reject (domain, severity, file, `row`, `column`, value, reason)
    select 'pos', 'correction', 'orders.csv', `row_number`, 'Shipped', shipped,
        'has no time of day: taken as the moment of the order'
    from staging_order
    where fault is null and shipped = left(ordered, 10) and char_length(ordered) > 10;

    create or replace temporary table clean_order (
        order_id int not null,
        `row_number` int unsigned not null,
        customer_id int not null,
        date_placed datetime(3) not null,
        date_shipped datetime(3) null,
        status varchar(9) not null,
        subtotal decimal(14,2) null,
        sales_tax decimal(14,2) null,
        primary key (order_id)
    ) engine = Aria transactional = 0;

    insert into clean_order (
        order_id, `row_number`, customer_id, date_placed, date_shipped, status)
    select
        cast(id as signed),
        `row_number`,
        cast(customer_id as signed),
        ordered,
        case
            when shipped = '' or lower(shipped) = 'cancelled' then null
            when shipped = left(ordered, 10) then ordered
            else shipped
        end,
        case
            when shipped = '' then 'placed'
            when lower(shipped) = 'cancelled' then 'cancelled'
            else 'shipped'
        end
    from staging_order
    where fault is null;
end

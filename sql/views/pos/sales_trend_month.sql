-- purpose: revenue and orders of each month, and the revenue of the calendar month before
-- grain: one row per month in which an order was placed; cancelled orders bring no revenue
-- reads: order
-- model: sales_trend
create or replace sql security invoker view sales_trend_month as
select
    month.placed_month,
    date_format(month.first_day - interval 1 month, '%Y-%m') as previous_month,
    (
        select coalesce(sum(placed.subtotal), 0)
        from `order` as placed
        where placed.placed_month = month.placed_month and placed.status <> 'cancelled'
    ) as revenue,
    (
        select count(*)
        from `order` as placed
        where placed.placed_month = month.placed_month and placed.status <> 'cancelled'
    ) as orders,
    (
        select coalesce(sum(placed.subtotal), 0)
        from `order` as placed
        where
            placed.placed_month
            = date_format(month.first_day - interval 1 month, '%Y-%m') collate utf8mb4_nopad_bin
            and placed.status <> 'cancelled'
    ) as previous_revenue
from (
    select
        placed_month,
        cast(concat(placed_month, '-01') as date) as first_day
    from `order`
    group by placed_month
) as month;

-- purpose: the revenue of each month beside that of the month before
-- grain: one row per month in which an order was placed; cancelled orders bring no revenue
-- reads: sales_trend_month
-- model: sales_trend
create or replace sql security invoker view sales_trend as
select
    month.placed_month as month,
    month.revenue,
    month.orders,
    month.previous_month,
    month.previous_revenue,
    month.revenue - month.previous_revenue as `change`,
    cast(
        round(
            (month.revenue - month.previous_revenue) * 100 / nullif(month.previous_revenue, 0), 2
        )
        as decimal(20,2)
    ) as change_percent
from sales_trend_month as month;

-- purpose: orders that count, and whether their customer had ordered in no earlier month
-- grain: one row per order that is not cancelled
-- reads: order
-- model: monthly_sales
create or replace sql security invoker view order_in_month as
select
    placed.order_id,
    placed.placed_month,
    placed.customer_id,
    placed.subtotal,
    not exists (
        select 1
        from `order` as earlier
        where
            earlier.customer_id = placed.customer_id
            and earlier.status <> 'cancelled'
            and earlier.date_placed < cast(concat(placed.placed_month, '-01') as datetime)
    ) as is_first
from `order` as placed
where placed.status <> 'cancelled';

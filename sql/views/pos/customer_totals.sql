-- purpose: how much, how often and when each customer bought; cancelled orders left out
-- grain: one row per customer who ordered
-- reads: order
-- model: customer_lifetime_value
-- The columns by which customer_lifetime_value is filtered; its document computes them itself.
create or replace sql security invoker view customer_totals as
select
    placed.customer_id,
    sum(placed.subtotal) as lifetime_spend,
    count(*) as order_count,
    (sum(placed.subtotal) * 200 + count(*)) div (count(*) * 2) * 0.01 as average_order,
    min(placed.date_placed) as first_order,
    max(placed.date_placed) as last_order
from `order` as placed
where placed.status <> 'cancelled'
group by placed.customer_id;

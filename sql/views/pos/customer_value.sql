-- purpose: how recently, how often and for how much each customer bought; cancelled orders left out
-- grain: one row per customer with an order
-- reads: order
-- model: customer_segments
-- Scores 3 to 1. Recency: last order within 365 days of the newest order in the data that is not
-- cancelled, 1,095 days, or before. Frequency: 5 orders or more, 2 or more, one. Monetary: 5,000 or
-- more, 1,000 or more, less.
create or replace sql security invoker view customer_value as
select
    buyer.customer_id,
    buyer.orders,
    buyer.revenue,
    buyer.last_placed_on,
    datediff(newest.placed_on, buyer.last_placed_on) as days_since,
    case
        when datediff(newest.placed_on, buyer.last_placed_on) <= 365 then 3
        when datediff(newest.placed_on, buyer.last_placed_on) <= 1095 then 2
        else 1
    end as recency,
    case when buyer.orders >= 5 then 3 when buyer.orders >= 2 then 2 else 1 end as frequency,
    case when buyer.revenue >= 5000 then 3 when buyer.revenue >= 1000 then 2 else 1 end as monetary
from (
    select
        placed.customer_id,
        count(*) as orders,
        sum(placed.subtotal) as revenue,
        max(placed.placed_on) as last_placed_on
    from `order` as placed
    where placed.status <> 'cancelled'
    group by placed.customer_id
) as buyer
cross join (
    select max(placed.placed_on) as placed_on
    from `order` as placed
    where placed.status <> 'cancelled'
) as newest;

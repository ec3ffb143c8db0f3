-- purpose: recency-frequency-monetary segments of the customers, and how many of them bought again
-- grain: one row per segment, and one for ALL customers with an order
-- reads: customer_segment, customer_segment_totals
-- model: customer_segments
create or replace sql security invoker view customer_segments as
select
    segment.segment,
    segment.recency,
    segment.frequency,
    segment.monetary,
    coalesce(totals.customers, 0) as customers,
    cast(coalesce(totals.repeat_customers, 0) as int) as repeat_customers,
    cast(
        round(totals.repeat_customers * 100 / nullif(totals.customers, 0), 2) as decimal(5,2)
    ) as repeat_rate,
    cast(coalesce(totals.orders, 0) as int) as orders,
    coalesce(totals.revenue, 0) as revenue,
    totals.last_order_from,
    totals.last_order_to
from customer_segment as segment
left join customer_segment_totals as totals on totals.segment = segment.segment;

-- purpose: recency-frequency-monetary segments of the customers, and how many of them bought again
-- grain: one row per segment, and one for ALL customers with an order
-- reads: customer_segment, customer_segment_totals
-- model: customer_segments
create or replace sql security invoker view customer_segments as
select
    segment.segment as document_id,
    json_object(
        'segment', segment.segment,
        'recency', segment.recency,
        'frequency', segment.frequency,
        'monetary', segment.monetary,
        'customers', coalesce(totals.customers, 0),
        'repeatCustomers', cast(coalesce(totals.repeat_customers, 0) as int),
        'repeatRate', cast(
            round(totals.repeat_customers * 100 / nullif(totals.customers, 0), 2) as decimal(5,2)
        ),
        'orders', cast(coalesce(totals.orders, 0) as int),
        'revenue', coalesce(totals.revenue, 0),
        'lastOrderFrom', totals.last_order_from,
        'lastOrderTo', totals.last_order_to
    ) as document
from customer_segment as segment
left join customer_segment_totals as totals on totals.segment = segment.segment;

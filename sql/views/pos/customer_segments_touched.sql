-- purpose: which documents of customer_segments a change may alter: all, a newer order moves all
-- grain: one row per change of an order and segment
-- reads: change_log, customer_segment
-- model: customer_segments
-- A written line changes its order's subtotal, which is logged as a change of the order.
create or replace sql security invoker view customer_segments_touched as
select
    change_log.change_id,
    segment.segment as document_id
from change_log
cross join customer_segment as segment
where change_log.source_table = 'order';

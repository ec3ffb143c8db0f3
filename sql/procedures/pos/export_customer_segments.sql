-- purpose: the documents of customer_segments, for those who have only SQL
-- grain: one row per segment: the document as JSON text, in order of its id
-- reads: customer_segments
create or replace procedure export_customer_segments()
    reads sql data
    sql security invoker
select document from customer_segments order by document_id;

-- purpose: the documents of order_checks, for those who have only SQL
-- grain: one row per order: the document as JSON text, in order of its id
-- reads: order_checks
create or replace procedure export_order_checks()
    reads sql data
    sql security invoker
select document from order_checks order by document_id;

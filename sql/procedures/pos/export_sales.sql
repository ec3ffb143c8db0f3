-- purpose: the facts of the cube sales, for those who have only SQL
-- grain: one row per order line: the document as JSON text, in order of its id
-- reads: sales
create or replace procedure export_sales()
    reads sql data
    sql security invoker
select document from sales order by document_id;

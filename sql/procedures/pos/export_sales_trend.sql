-- purpose: the documents of sales_trend, for those who have only SQL
-- grain: one row per month: the document as JSON text, in order of its id
-- reads: sales_trend
create or replace procedure export_sales_trend()
    reads sql data
    sql security invoker
select document from sales_trend order by document_id;

-- purpose: the documents of monthly_sales, for those who have only SQL
-- grain: one row per month: the document as JSON text, in order of its id
-- reads: monthly_sales
create or replace procedure export_monthly_sales()
    reads sql data
    sql security invoker
-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.
set statement group_concat_max_len = 1073741824 for
select document from monthly_sales order by document_id;

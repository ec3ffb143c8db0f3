-- purpose: the documents of customer_orders [cust.json], for those who have only SQL
-- grain: one row per customer: the document as JSON text, in order of its id
-- reads: customer_orders
create or replace procedure export_customer_orders()
    reads sql data
    sql security invoker
-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.
set statement group_concat_max_len = 1073741824 for
select document from customer_orders order by document_id;

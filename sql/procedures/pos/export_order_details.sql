-- purpose: the documents of order_details [ord.json], for those who have only SQL
-- grain: one row per order: the document as JSON text, in order of its id
-- reads: order_details
create or replace procedure export_order_details()
    reads sql data
    sql security invoker
-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.
set statement group_concat_max_len = 1073741824 for
select document from order_details order by document_id;

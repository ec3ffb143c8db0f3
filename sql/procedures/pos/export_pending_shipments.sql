-- purpose: the documents of pending_shipments, for those who have only SQL
-- grain: one row per state: the document as JSON text, in order of its id
-- reads: pending_shipments
create or replace procedure export_pending_shipments()
    reads sql data
    sql security invoker
-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.
set statement group_concat_max_len = 1073741824 for
select document from pending_shipments order by document_id;

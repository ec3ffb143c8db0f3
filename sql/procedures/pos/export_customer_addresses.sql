-- purpose: the documents of customer_addresses [cust1.json], for those who have only SQL
-- grain: one row per customer: the document as JSON text, in order of its id
-- reads: customer_addresses
create or replace procedure export_customer_addresses()
    reads sql data
    sql security invoker
-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.
set statement group_concat_max_len = 1073741824 for
select document from customer_addresses order by document_id;

-- purpose: the documents of product_buyers [prod.json], for those who have only SQL
-- grain: one row per product: the document as JSON text, in order of its id
-- reads: product_buyers
create or replace procedure export_product_buyers()
    reads sql data
    sql security invoker
-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.
set statement group_concat_max_len = 1073741824 for
select document from product_buyers order by document_id;

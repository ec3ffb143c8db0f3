-- purpose: the documents of product_price_history [custom1.json], for those who have only SQL
-- grain: one row per product: the document as JSON text, in order of its id
-- reads: product_price_history
create or replace procedure export_product_price_history()
    reads sql data
    sql security invoker
-- Without it a long array would be cut silently: json_arrayagg stops at group_concat_max_len.
set statement group_concat_max_len = 1073741824 for
select document from product_price_history order by document_id;

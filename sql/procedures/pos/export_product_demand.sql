-- purpose: the documents of product_demand, for those who have only SQL
-- grain: one row per product: the document as JSON text, in order of its id
-- reads: product_demand
create or replace procedure export_product_demand()
    reads sql data
    sql security invoker
select document from product_demand order by document_id;

-- purpose: a product that is gone has no row in mv_product_buyers
create or replace trigger product_after_delete
after delete on product for each row
if @pos_bulk_load is null then
    delete from mv_product_buyers where product_id = old.product_id;
end if

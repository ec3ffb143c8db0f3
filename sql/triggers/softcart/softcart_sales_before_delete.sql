-- purpose: a sale that is deleted is no fact any more
create or replace trigger softcart_sales_before_delete
before delete on softcart_sales for each row
delete from fact_sales where row_id = old.row_id

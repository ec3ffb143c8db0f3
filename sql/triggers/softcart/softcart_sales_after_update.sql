-- purpose: the fact of a sale says what the sale says
create or replace trigger softcart_sales_after_update
after update on softcart_sales for each row
update fact_sales
set
    date_id = year(new.sold_at) * 10000 + month(new.sold_at) * 100 + dayofmonth(new.sold_at),
    product_id = new.product_id,
    customer_id = new.customer_id,
    price = new.price,
    quantity = new.quantity,
    total_price = new.price * new.quantity
where row_id = new.row_id

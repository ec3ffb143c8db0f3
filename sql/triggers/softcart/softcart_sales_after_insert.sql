-- purpose: a new sale is a fact
create or replace trigger softcart_sales_after_insert
after insert on softcart_sales for each row
insert into fact_sales (row_id, date_id, product_id, customer_id, price, quantity, total_price)
values (
    new.row_id,
    year(new.sold_at) * 10000 + month(new.sold_at) * 100 + dayofmonth(new.sold_at),
    new.product_id, new.customer_id, new.price, new.quantity, new.price * new.quantity
)

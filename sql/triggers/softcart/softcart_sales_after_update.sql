-- purpose: the fact of a sale says what the sale says; what a row id was told as before is kept for
-- the next import, which finds that out for itself what it corrects
create or replace trigger softcart_sales_after_update
after update on softcart_sales for each row
begin
    update fact_sales
    set
        date_id = year(new.sold_at) * 10000 + month(new.sold_at) * 100 + dayofmonth(new.sold_at),
        product_id = new.product_id,
        customer_id = new.customer_id,
        price = new.price,
        quantity = new.quantity,
        total_price = new.price * new.quantity
    where row_id = new.row_id;

    if @softcart_import is null
        and (
            (new.product_id, new.customer_id, new.price, new.quantity)
                <> (old.product_id, old.customer_id, old.price, old.quantity)
            or not is_same_time(old.told_to, old.sold_at, new.told_to, new.sold_at)
        )
    then
        insert ignore into softcart_sales_former
            (product_id, customer_id, price, quantity, row_id, sold_at, told_to)
        values (old.product_id, old.customer_id, old.price, old.quantity, old.row_id, old.sold_at,
            old.told_to);
    end if;
end

-- purpose: a sale keeps its row id, by which its fact is found, and one without waits for it
-- unchanged; who sets its time tells it
-- signals: 32001, 32002
create or replace trigger softcart_sales_before_update
before update on softcart_sales for each row
if new.row_id <> old.row_id then
    signal sqlstate '45000' set mysql_errno = 32001,
        message_text = 'A sale keeps its row id. Delete it, and insert it anew.';
-- Else the next import would not find it, and tell it once more.
elseif @softcart_import is null and old.told_to = 'no id' and (
    (new.product_id, new.customer_id, new.price, new.quantity, new.sold_at, new.told_to)
        <> (old.product_id, old.customer_id, old.price, old.quantity, old.sold_at, old.told_to)
) then
    signal sqlstate '45000' set mysql_errno = 32002,
        message_text = 'No file tells the row id of this sale: it stays. Import its row id first.';
-- Else the next import would take the time for its own.
elseif @softcart_import is null and new.sold_at <> old.sold_at then
    set new.told_to = 'second', new.is_timed = true;
end if

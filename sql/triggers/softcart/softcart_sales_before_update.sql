-- purpose: a sale keeps its row id, by which its fact is found; who sets its time tells it
-- signals: 32001
create or replace trigger softcart_sales_before_update
before update on softcart_sales for each row
if new.row_id <> old.row_id then
    signal sqlstate '45000' set mysql_errno = 32001,
        message_text = 'A sale keeps its row id. Delete it, and insert it anew.';
-- Else the next import would take the time for its own.
elseif @softcart_import is null and new.sold_at <> old.sold_at and new.told_to <> 'no id' then
    set new.told_to = 'second', new.is_timed = true;
end if

-- purpose: tax of an order whose subtotal or customer changes; a subtotal that is not from its
-- lines is refused
-- signals: 30010
create or replace trigger order_before_update
before update on `order` for each row
if @pos_bulk_load is null then
    if new.subtotal <> old.subtotal and @pos_line_written is null then
        signal sqlstate '45000' set mysql_errno = 30010,
            message_text = 'The subtotal of an order is the sum of its lines: change these.';
    end if;
    if new.subtotal <> old.subtotal
        or new.sales_tax <> old.sales_tax
        or new.customer_id <> old.customer_id
    then
        set new.sales_tax = round(new.subtotal * tax_rate_of(new.customer_id), 2);
    end if;
end if

-- purpose: an order begins without lines, so without subtotal and tax
create or replace trigger order_before_insert
before insert on `order` for each row
if @pos_bulk_load is null then
    set new.subtotal = 0, new.sales_tax = 0;
end if

-- purpose: take pieces out of a product's stock, or give back a negative number; refused when there
-- are fewer
-- writes: product
-- signals: 30006
create or replace procedure take_stock(in_product_id int, in_quantity int)
modifies sql data
begin
    declare v_message varchar(128);

    if in_quantity <> 0 then
        update product
        set available_quantity = available_quantity - in_quantity
        where product_id = in_product_id and available_quantity >= in_quantity;

        if row_count() = 0 then
            set v_message = concat(
                'Not enough in stock of product ', in_product_id, ' for ', in_quantity, ' more.');
            signal sqlstate '45000' set mysql_errno = 30006, message_text = v_message;
        end if;
    end if;
end

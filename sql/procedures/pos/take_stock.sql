-- purpose: take pieces out of a product's stock, or give back a negative number; refused when there
-- are fewer
-- writes: product
-- signals: 30006
create or replace procedure take_stock(in_product_id int, in_quantity int)
modifies sql data
begin
    if in_quantity <> 0 then
        update product
        set available_quantity = available_quantity - in_quantity
        where product_id = in_product_id and available_quantity >= in_quantity;

        if row_count() = 0 then
            call refuse(
                30006,
                concat(
                    'Not enough in stock of product ', in_product_id,
                    ' for ', in_quantity, ' more.'),
                'quantity', concat('product_id = ', in_product_id));
        end if;
    end if;
end

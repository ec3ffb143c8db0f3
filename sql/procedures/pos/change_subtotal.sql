-- purpose: add an amount to the subtotal of an order, whose trigger then taxes it
-- By difference and not by a sum over the lines: a sum would read them as the transaction first saw
-- them, or lock the gaps where other sales insert theirs.
-- writes: order
create or replace procedure change_subtotal(in_order_id int, in_amount decimal(14,2))
modifies sql data
begin
    declare exit handler for sqlexception begin
        set @pos_line_written = null;
        resignal;
    end;

    if in_amount <> 0 then
        -- Tells the trigger of `order` that this subtotal comes from its lines.
        set @pos_line_written = 1;
        update `order` set subtotal = subtotal + in_amount where order_id = in_order_id;
        set @pos_line_written = null;
    end if;
end

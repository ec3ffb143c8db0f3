-- purpose: a purchase that says something else is a version of it; a new number ends the old one
-- writes: purchase_order_version
create or replace trigger purchase_order_after_update_version
after update on purchase_order for each row
begin
    if new.purchase_order_id <> old.purchase_order_id then
        call add_purchase_order_version(
            true, old.purchase_order_id, old.staff_id, old.counterparty_id, old.item_code,
            old.item_quantity, old.item_unit_price, old.currency_id, old.agreed_delivery_on,
            old.agreed_payment_on, old.agreed_delivery_location_id, old.created_at,
            old.last_updated
        );
    end if;
    if not (
        new.purchase_order_id <=> old.purchase_order_id
        and new.staff_id <=> old.staff_id
        and new.counterparty_id <=> old.counterparty_id
        and new.item_code <=> old.item_code
        and new.item_quantity <=> old.item_quantity
        and new.item_unit_price <=> old.item_unit_price
        and new.currency_id <=> old.currency_id
        and new.agreed_delivery_on <=> old.agreed_delivery_on
        and new.agreed_payment_on <=> old.agreed_payment_on
        and new.agreed_delivery_location_id <=> old.agreed_delivery_location_id
        and new.created_at <=> old.created_at
        and new.last_updated <=> old.last_updated
    ) then
        call add_purchase_order_version(
            false, new.purchase_order_id, new.staff_id, new.counterparty_id, new.item_code,
            new.item_quantity, new.item_unit_price, new.currency_id, new.agreed_delivery_on,
            new.agreed_payment_on, new.agreed_delivery_location_id, new.created_at,
            new.last_updated
        );
    end if;
end

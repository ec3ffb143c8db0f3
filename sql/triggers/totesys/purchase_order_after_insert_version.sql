-- purpose: a new purchase is its first version, or the next if one of its number was deleted
-- writes: purchase_order_version
create or replace trigger purchase_order_after_insert_version
after insert on purchase_order for each row
call add_purchase_order_version(
    false, new.purchase_order_id, new.staff_id, new.counterparty_id, new.item_code,
    new.item_quantity, new.item_unit_price, new.currency_id, new.agreed_delivery_on,
    new.agreed_payment_on, new.agreed_delivery_location_id, new.created_at, new.last_updated
)

-- purpose: a purchase that is deleted has a last version which says so
-- writes: purchase_order_version
create or replace trigger purchase_order_after_delete_version
after delete on purchase_order for each row
call add_purchase_order_version(
    true, old.purchase_order_id, old.staff_id, old.counterparty_id, old.item_code,
    old.item_quantity, old.item_unit_price, old.currency_id, old.agreed_delivery_on,
    old.agreed_payment_on, old.agreed_delivery_location_id, old.created_at, old.last_updated
)

-- purpose: a sale that is deleted has a last version which says so
-- writes: sales_order_version
create or replace trigger sales_order_after_delete_version
after delete on sales_order for each row
call add_sales_order_version(
    true, old.sales_order_id, old.design_id, old.staff_id, old.counterparty_id, old.units_sold,
    old.unit_price, old.currency_id, old.agreed_delivery_on, old.agreed_payment_on,
    old.agreed_delivery_location_id, old.created_at, old.last_updated
)

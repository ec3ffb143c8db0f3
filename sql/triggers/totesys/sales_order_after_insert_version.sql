-- purpose: a new sale is its first version, or the next if one of its number was deleted
-- writes: sales_order_version
create or replace trigger sales_order_after_insert_version
after insert on sales_order for each row
call add_sales_order_version(
    false, new.sales_order_id, new.design_id, new.staff_id, new.counterparty_id, new.units_sold,
    new.unit_price, new.currency_id, new.agreed_delivery_on, new.agreed_payment_on,
    new.agreed_delivery_location_id, new.created_at, new.last_updated
)

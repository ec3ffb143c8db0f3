-- purpose: a sale that says something else is a version of it; a new number ends the old one
-- writes: sales_order_version
create or replace trigger sales_order_after_update_version
after update on sales_order for each row
begin
    if new.sales_order_id <> old.sales_order_id then
        call add_sales_order_version(
            true, old.sales_order_id, old.design_id, old.staff_id, old.counterparty_id,
            old.units_sold, old.unit_price, old.currency_id, old.agreed_delivery_on,
            old.agreed_payment_on, old.agreed_delivery_location_id, old.created_at,
            old.last_updated
        );
    end if;
    if not (
        new.sales_order_id <=> old.sales_order_id
        and new.design_id <=> old.design_id
        and new.staff_id <=> old.staff_id
        and new.counterparty_id <=> old.counterparty_id
        and new.units_sold <=> old.units_sold
        and new.unit_price <=> old.unit_price
        and new.currency_id <=> old.currency_id
        and new.agreed_delivery_on <=> old.agreed_delivery_on
        and new.agreed_payment_on <=> old.agreed_payment_on
        and new.agreed_delivery_location_id <=> old.agreed_delivery_location_id
        and new.created_at <=> old.created_at
        and new.last_updated <=> old.last_updated
    ) then
        call add_sales_order_version(
            false, new.sales_order_id, new.design_id, new.staff_id, new.counterparty_id,
            new.units_sold, new.unit_price, new.currency_id, new.agreed_delivery_on,
            new.agreed_payment_on, new.agreed_delivery_location_id, new.created_at,
            new.last_updated
        );
    end if;
end

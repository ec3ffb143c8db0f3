-- purpose: a sale as it stands, as a document
-- grain: one row per sales order that is there
-- reads: fact_sales_order
-- model: fact_sales_order_current
create or replace sql security invoker view fact_sales_order_current as
select
    fact.sales_order_id,
    fact.created_at,
    fact.created_date,
    fact.created_time,
    fact.created_date_id,
    fact.last_updated_at,
    fact.last_updated_date,
    fact.last_updated_time,
    fact.last_updated_date_id,
    fact.created_month_of_year,
    fact.sales_staff_id,
    fact.staff_name,
    fact.department_name,
    fact.office,
    fact.counterparty_id,
    fact.counterparty_name,
    fact.legal_country,
    fact.units_sold,
    fact.unit_price,
    fact.amount,
    fact.currency_id,
    fact.currency_code,
    fact.design_id,
    fact.design_name,
    fact.agreed_payment_date,
    fact.agreed_payment_date_id,
    fact.agreed_delivery_date,
    fact.agreed_delivery_date_id,
    fact.agreed_delivery_location_id,
    fact.delivery_country
from fact_sales_order as fact;

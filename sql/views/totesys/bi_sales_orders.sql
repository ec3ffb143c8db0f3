-- purpose: what the back office sold, for tools of analysts: no names of people
-- grain: one row per sales order
-- reads: fact_sales_order
-- Money is of currency_code: sums go within one currency.
create or replace sql security definer view bi_sales_orders as
select
    fact.sales_order_id,
    fact.created_at,
    fact.created_date,
    fact.sales_staff_id,
    fact.department_name,
    fact.office,
    fact.counterparty_id,
    fact.counterparty_name,
    fact.legal_country,
    fact.design_id,
    fact.design_name,
    fact.units_sold,
    fact.unit_price,
    fact.amount,
    fact.currency_code,
    fact.agreed_payment_date,
    fact.agreed_delivery_date,
    fact.delivery_country
from fact_sales_order as fact;

-- purpose: facts of the cube sale: what was sold, when, to whom and for how much
-- grain: one row per sale
-- reads: fact_sales, dim_date
-- model: sale
-- A left join on a unique key: a question that does not ask for the day does not read it.
create or replace sql security invoker view sale as
select
    fact.row_id,
    fact.date_id,
    date.day as sold_on,
    fact.product_id,
    fact.customer_id,
    fact.price,
    fact.quantity,
    fact.total_price
from fact_sales as fact
left join dim_date as date on date.date_id = fact.date_id;

-- purpose: each order line with its order, the place of its buyer, and its share of the order's tax
-- grain: one row per order line
-- reads: sale_running_total, order, customer, city
-- model: sales
-- The tax of an order is one rounded number. A line carries what the rounded running tax rises by
-- at this line, in order of product: the shares of an order always sum to its tax.
-- Left joins on unique keys, one within the other: the server leaves out what a question does not
-- need, but a table only if no other join leads through it that is not nested within its own. They
-- lose and add no line, for foreign keys see to it that each has its order, customer and city.
create or replace sql security invoker view sale_line as
select
    line.sale_id,
    line.order_id,
    line.product_id,
    line.quantity,
    line.line_total,
    `order`.customer_id,
    `order`.status,
    `order`.placed_on,
    hour(`order`.date_placed) as placed_hour,
    city.state,
    city.city,
    city.zip,
    coalesce(
        round(`order`.sales_tax * line.running_total / nullif(`order`.subtotal, 0), 2)
        - round(
            `order`.sales_tax * (line.running_total - line.line_total)
            / nullif(`order`.subtotal, 0),
            2
        ),
        0.00
    ) as tax
from sale_running_total as line
left join (
    `order`
    left join (
        customer
        left join city on city.zip = customer.zip
    ) on customer.customer_id = `order`.customer_id
) on `order`.order_id = line.order_id;

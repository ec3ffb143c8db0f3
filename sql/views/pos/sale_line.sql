-- purpose: each order line with its share of the order's tax, to the cent
-- grain: one row per order line
-- reads: sale_running_total, order
-- model: sales
-- The tax of an order is one rounded number. A line carries what the rounded running tax rises by
-- at this line, in order of product: the shares of an order always sum to its tax.
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
join `order` on `order`.order_id = line.order_id;

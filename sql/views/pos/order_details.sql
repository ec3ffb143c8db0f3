-- purpose: an order with its buyer and its items, at the price paid: a receipt
-- grain: one row per order
-- reads: order, customer, orderline, product
-- model: order_details
create or replace sql security invoker view order_details as
select
    placed.order_id,
    placed.status,
    placed.date_placed as placed_at,
    placed.date_shipped as shipped_at,
    placed.subtotal,
    placed.sales_tax,
    placed.total,
    (
        select
            json_object(
                'customerId', customer.customer_id,
                'name', concat(customer.first_name, ' ', customer.last_name)
            )
        from customer
        where customer.customer_id = placed.customer_id
    ) as buyer,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'productId', line.product_id,
                        'name', product.name,
                        'quantity', line.quantity,
                        'unitPrice', line.unit_price,
                        'lineTotal', line.line_total
                    )
                    order by line.product_id
                )
            from orderline as line
            join product on product.product_id = line.product_id
            where line.order_id = placed.order_id
        ),
        json_array()
    ) as items
from `order` as placed;

-- purpose: a customer with all orders and their items, oldest order first, at the price paid
-- grain: one row per customer
-- reads: customer, city, order, orderline, product
-- model: customer_orders
-- A left join, though every zip has a city: it keeps a page by id on the customers' primary key.
-- A filter on the city or state makes it an inner join again, read from the city.
create or replace sql security invoker view customer_orders as
select
    customer.customer_id,
    concat(customer.first_name, ' ', customer.last_name) as name,
    customer.first_name,
    customer.last_name,
    concat(
        customer.address1,
        coalesce(concat(' #', nullif(trim(leading '#' from customer.address2), '')), '')
    ) as printed_address1,
    concat(city.city, ', ', city.state, '   ', city.zip) as printed_address2,
    city.city,
    city.state,
    city.zip,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'orderId', placed.order_id,
                        'status', placed.status,
                        'placedAt', concat(
                            left(date_format(placed.date_placed, '%Y-%m-%dT%T.%f'), 23), 'Z'
                        ),
                        'shippedAt', concat(
                            left(date_format(placed.date_shipped, '%Y-%m-%dT%T.%f'), 23), 'Z'
                        ),
                        'subtotal', placed.subtotal,
                        'salesTax', placed.sales_tax,
                        'total', placed.total,
                        'items', coalesce(
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
                        )
                    )
                    order by placed.date_placed, placed.order_id
                )
            from `order` as placed
            where placed.customer_id = customer.customer_id
        ),
        json_array()
    ) as orders
from customer
left join city on city.zip = customer.zip;

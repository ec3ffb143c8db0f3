-- purpose: a product with everybody who ever ordered it, each once, also without buyers
-- grain: one row per product
-- reads: product, orderline, order, customer
-- model: product_buyers
create or replace sql security invoker view product_buyers as
select
    product.product_id,
    product.name,
    product.current_price,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'customerId', customer.customer_id,
                        'name', concat(customer.first_name, ' ', customer.last_name)
                    )
                    order by customer.customer_id
                )
            from customer
            where customer.customer_id in (
                select placed.customer_id
                from orderline as line
                join `order` as placed on placed.order_id = line.order_id
                where line.product_id = product.product_id
            )
        ),
        json_array()
    ) as buyers
from product;

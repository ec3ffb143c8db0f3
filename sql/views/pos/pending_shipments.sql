-- purpose: the orders of a state that wait to be shipped, oldest first
-- grain: one row per state in which a city is known
-- reads: city, customer, order
-- model: pending_shipments
create or replace sql security invoker view pending_shipments as
select
    area.state as document_id,
    (
        select count(*)
        from city
        join customer on customer.zip = city.zip
        join `order` as placed on placed.customer_id = customer.customer_id
        where city.state = area.state and placed.status = 'placed'
    ) as order_count,
    (
        select
            json_object(
                'state', area.state,
                'orderCount', count(*),
                'oldest', concat(
                    left(date_format(min(placed.date_placed), '%Y-%m-%dT%T.%f'), 23), 'Z'
                ),
                'orders', coalesce(
                    json_arrayagg(
                        json_object(
                            'orderId', placed.order_id,
                            'placed', concat(
                                left(date_format(placed.date_placed, '%Y-%m-%dT%T.%f'), 23), 'Z'
                            ),
                            'customerId', customer.customer_id,
                            'name', concat(customer.first_name, ' ', customer.last_name),
                            'city', city.city,
                            'zip', city.zip,
                            'total', placed.total
                        )
                        order by placed.date_placed, placed.order_id
                    ),
                    json_array()
                )
            )
        from city
        join customer on customer.zip = city.zip
        join `order` as placed on placed.customer_id = customer.customer_id
        where city.state = area.state and placed.status = 'placed'
    ) as document
from (select state from city group by state) as area;

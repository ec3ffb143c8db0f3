-- purpose: the orders of a state that wait to be shipped, oldest first
-- grain: one row per state in which a city is known
-- reads: city, customer, order
-- model: pending_shipments
create or replace sql security invoker view pending_shipments as
select
    area.state,
    (
        select count(*)
        from city
        join customer on customer.zip = city.zip
        join `order` as placed on placed.customer_id = customer.customer_id
        where city.state = area.state and placed.status = 'placed'
    ) as order_count,
    (
        select min(placed.date_placed)
        from city
        join customer on customer.zip = city.zip
        join `order` as placed on placed.customer_id = customer.customer_id
        where city.state = area.state and placed.status = 'placed'
    ) as oldest,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'orderId', placed.order_id,
                        'placedAt', concat(
                            left(date_format(placed.date_placed, '%Y-%m-%dT%T.%f'), 23), 'Z'
                        ),
                        'customerId', customer.customer_id,
                        'name', concat(customer.first_name, ' ', customer.last_name),
                        'city', city.city,
                        'zip', city.zip,
                        'total', placed.total
                    )
                    order by placed.date_placed, placed.order_id
                )
            from city
            join customer on customer.zip = city.zip
            join `order` as placed on placed.customer_id = customer.customer_id
            where city.state = area.state and placed.status = 'placed'
        ),
        json_array()
    ) as orders
from (select state from city group by state) as area;

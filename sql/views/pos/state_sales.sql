-- purpose: what the customers of a state bought; cancelled orders left out
-- grain: one row per state in which a city is known
-- reads: city, customer, order, state_product, product
-- model: state_sales
-- Sub-queries that always give one row. Joined with grouped totals instead, one state reads every
-- order of the shop.
create or replace sql security invoker view state_sales as
select
    area.state,
    (
        select coalesce(sum(placed.subtotal), 0)
        from city
        join customer on customer.zip = city.zip
        join `order` as placed on placed.customer_id = customer.customer_id
        where city.state = area.state and placed.status <> 'cancelled'
    ) as revenue,
    (
        select count(*)
        from city
        join customer on customer.zip = city.zip
        join `order` as placed on placed.customer_id = customer.customer_id
        where city.state = area.state and placed.status <> 'cancelled'
    ) as orders,
    (
        select count(distinct placed.customer_id)
        from city
        join customer on customer.zip = city.zip
        join `order` as placed on placed.customer_id = customer.customer_id
        where city.state = area.state and placed.status <> 'cancelled'
    ) as customers,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'productId', sold.product_id,
                        'name', product.name,
                        'units', sold.units,
                        'revenue', sold.revenue
                    )
                    order by sold.revenue desc, sold.product_id
                    limit 5
                )
            from state_product as sold
            join product on product.product_id = sold.product_id
            where sold.state = area.state
        ),
        json_array()
    ) as top_products
from (select state from city group by state) as area;

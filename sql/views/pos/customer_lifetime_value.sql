-- purpose: what a customer is worth: spend, orders, favourite products; cancelled orders left out
-- grain: one row per customer
-- reads: customer, order, customer_product, product
-- model: customer_lifetime_value
-- Sub-queries that always give one row. Joined with grouped totals instead, a page by id reads
-- every order of the shop. The average is divided once, in whole cents, half up: `/` would round at
-- a session's setting first.
create or replace sql security invoker view customer_lifetime_value as
select
    buyer.customer_id,
    concat(buyer.first_name, ' ', buyer.last_name) as name,
    (
        select coalesce(sum(placed.subtotal), 0)
        from `order` as placed
        where placed.customer_id = buyer.customer_id and placed.status <> 'cancelled'
    ) as lifetime_spend,
    (
        select count(*)
        from `order` as placed
        where placed.customer_id = buyer.customer_id and placed.status <> 'cancelled'
    ) as order_count,
    (
        select
            (sum(placed.subtotal) * 200 + count(*)) div nullif(count(*) * 2, 0) * 0.01
        from `order` as placed
        where placed.customer_id = buyer.customer_id and placed.status <> 'cancelled'
    ) as average_order,
    (
        select min(placed.date_placed)
        from `order` as placed
        where placed.customer_id = buyer.customer_id and placed.status <> 'cancelled'
    ) as first_order_at,
    (
        select max(placed.date_placed)
        from `order` as placed
        where placed.customer_id = buyer.customer_id and placed.status <> 'cancelled'
    ) as last_order_at,
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
                    limit 3
                )
            from customer_product as sold
            join product on product.product_id = sold.product_id
            where sold.customer_id = buyer.customer_id
        ),
        json_array()
    ) as top_products
from customer as buyer;

-- purpose: what a customer is worth: spend, orders, favourite products; cancelled orders left out
-- grain: one row per customer
-- reads: customer, order, customer_totals, customer_product, product
-- model: customer_lifetime_value
-- One pass over the customer's orders in a sub-query that always gives one row. Joined with grouped
-- totals instead, a page by id reads every order of the shop. The average is divided once, in whole
-- cents, half up: `/` would round at a session's setting first.
create or replace sql security invoker view customer_lifetime_value as
select
    buyer.customer_id as document_id,
    coalesce(
        (select lifetime_spend from customer_totals as t where t.customer_id = buyer.customer_id),
        0
    ) as lifetime_spend,
    coalesce(
        (select order_count from customer_totals as t where t.customer_id = buyer.customer_id),
        0
    ) as order_count,
    (select average_order from customer_totals as t where t.customer_id = buyer.customer_id)
        as average_order,
    (select first_order from customer_totals as t where t.customer_id = buyer.customer_id)
        as first_order,
    (select last_order from customer_totals as t where t.customer_id = buyer.customer_id)
        as last_order,
    (
        select
            json_object(
                'customerId', buyer.customer_id,
                'name', concat(buyer.first_name, ' ', buyer.last_name),
                'lifetimeSpend', coalesce(sum(placed.subtotal), 0),
                'orderCount', count(*),
                'averageOrder',
                (sum(placed.subtotal) * 200 + count(*)) div nullif(count(*) * 2, 0) * 0.01,
                'firstOrder', concat(
                    left(date_format(min(placed.date_placed), '%Y-%m-%dT%T.%f'), 23), 'Z'
                ),
                'lastOrder', concat(
                    left(date_format(max(placed.date_placed), '%Y-%m-%dT%T.%f'), 23), 'Z'
                ),
                'topProducts', coalesce(
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
                )
            )
        from `order` as placed
        where placed.customer_id = buyer.customer_id and placed.status <> 'cancelled'
    ) as document
from customer as buyer;

-- purpose: what was sold in a month, and to whom for the first time; cancelled orders left out
-- grain: one row per month (UTC) in which an order was placed
-- reads: order, orderline, month_product, product
-- model: monthly_sales
create or replace sql security invoker view monthly_sales as
select
    period.placed_month as month,
    (
        select coalesce(sum(placed.subtotal), 0)
        from `order` as placed
        where placed.placed_month = period.placed_month and placed.status <> 'cancelled'
    ) as revenue,
    (
        select count(*)
        from `order` as placed
        where placed.placed_month = period.placed_month and placed.status <> 'cancelled'
    ) as orders,
    (
        select coalesce(sum(sold.units), 0)
        from month_product as sold
        where sold.placed_month = period.placed_month
    ) as units,
    (
        select count(distinct placed.customer_id)
        from order_in_month as placed
        where placed.placed_month = period.placed_month and placed.is_first
    ) as new_customers,
    (
        select
            count(distinct placed.customer_id)
            - count(distinct if(placed.is_first, placed.customer_id, null))
        from order_in_month as placed
        where placed.placed_month = period.placed_month
    ) as returning_customers,
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
            from month_product as sold
            join product on product.product_id = sold.product_id
            where sold.placed_month = period.placed_month
        ),
        json_array()
    ) as top_products
from (select placed_month from `order` group by placed_month) as period;

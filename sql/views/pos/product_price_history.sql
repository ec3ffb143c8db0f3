-- purpose: a product with every change of its price, oldest first
-- grain: one row per product
-- reads: product, price_history
-- model: product_price_history
create or replace sql security invoker view product_price_history as
select
    product.product_id,
    product.name,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'old', history.old_price,
                        'new', history.new_price,
                        'at', concat(
                            left(date_format(history.changed_at, '%Y-%m-%dT%T.%f'), 23), 'Z'
                        ),
                        'delta', history.new_price - history.old_price
                    )
                    order by history.changed_at, history.price_history_id
                )
            from price_history as history
            where history.product_id = product.product_id
        ),
        json_array()
    ) as changes,
    (
        select count(*) from price_history as history where history.product_id = product.product_id
    ) as change_count
from product;

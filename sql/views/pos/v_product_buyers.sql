-- purpose: who has bought a product; kept ready, and never cut, in mv_product_buyers
-- grain: one product, also without buyers
-- reads: product, orderline, order, customer
create or replace sql security invoker view v_product_buyers as
select
    p.product_id,
    p.name,
    coalesce((
        select group_concat(distinct concat(c.customer_id, ' ', c.first_name, ' ', c.last_name)
            order by c.customer_id separator ',')
        from orderline l
        join `order` o on o.order_id = l.order_id
        join customer c on c.customer_id = o.customer_id
        where l.product_id = p.product_id
    ), '') as buyers
from product p

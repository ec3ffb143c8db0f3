-- purpose: what a customer has bought; kept ready, and never cut, in mv_customer_purchases
-- grain: one customer, also without purchases
-- reads: customer, order, orderline, product
create or replace sql security invoker view v_customer_purchases as
select
    c.customer_id,
    c.first_name,
    c.last_name,
    coalesce((
        select group_concat(distinct concat(p.product_id, ' ', p.name)
            order by p.product_id separator '|')
        from `order` o
        join orderline l on l.order_id = o.order_id
        join product p on p.product_id = l.product_id
        where o.customer_id = c.customer_id
    ), '') as products
from customer c

-- purpose: facts of the cube stall_sale: what stalls sold
-- grain: one row per sale
-- reads: sale
-- model: stall_sale
create or replace sql security invoker view stall_sale as
select
    sale.sale_id,
    sale.stall,
    sale.currency,
    sale.sold_on,
    sale.paid_at,
    sale.buyer,
    sale.ticket,
    sale.items,
    sale.amount,
    sale.tip
from sale;

-- purpose: which order a payment is for
-- grain: one row per transaction
-- reads: transaction
-- model: dim_transaction
create or replace sql security invoker view dim_transaction as
select
    dealt.transaction_id,
    dealt.transaction_type,
    dealt.sales_order_id,
    dealt.purchase_order_id
from `transaction` as dealt;

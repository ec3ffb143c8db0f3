-- purpose: a type of a payment
-- grain: one row per type
-- reads: payment_type
-- model: dim_payment_type
create or replace sql security invoker view dim_payment_type as
select
    payment_type.payment_type_id,
    payment_type.payment_type_name
from payment_type;

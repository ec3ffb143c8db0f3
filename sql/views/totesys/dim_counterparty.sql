-- purpose: a company that is sold to or bought from, with its legal address
-- grain: one row per counterparty
-- reads: counterparty, address
-- model: dim_counterparty
create or replace sql security invoker view dim_counterparty as
select
    counterparty.counterparty_id,
    counterparty.counterparty_legal_name as legal_name,
    counterparty.legal_address_id,
    address.address_line_1 as legal_address_line1,
    address.address_line_2 as legal_address_line2,
    address.district as legal_district,
    address.city as legal_city,
    address.postal_code as legal_postal_code,
    address.country as legal_country,
    address.phone as legal_phone
from counterparty
left join address on address.address_id = counterparty.legal_address_id;

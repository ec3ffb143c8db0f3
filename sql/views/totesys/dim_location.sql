-- purpose: a place that orders are delivered to
-- grain: one row per address
-- reads: address
-- model: dim_location
create or replace sql security invoker view dim_location as
select
    address.address_id as location_id,
    address.address_line_1 as address_line1,
    address.address_line_2 as address_line2,
    address.district,
    address.city,
    address.postal_code,
    address.country,
    address.phone
from address;

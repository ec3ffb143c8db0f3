-- purpose: a country that orders come from
-- grain: one row per country
-- reads: dim_country
-- model: country
create or replace sql security invoker view country as
select
    country.country_id,
    country.name
from dim_country as country;

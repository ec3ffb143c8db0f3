-- purpose: the rows of long_key as documents
-- grain: one row per row of long_key
-- reads: long_key
-- model: long_keys
create or replace sql security invoker view long_keys as
select
    long_key.name,
    long_key.n
from long_key;

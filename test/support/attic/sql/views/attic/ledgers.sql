-- purpose: an entry, known by a whole number of 64 bits without a sign
-- grain: one row per row of ledger
-- reads: ledger
-- model: ledgers
create or replace sql security invoker view ledgers as
select
    concat(ledger.id) as ledger_key,
    ledger.id as ledger_id,
    ledger.amount,
    concat(
        replace(replace(ledger.label_kind, '%', '%25'), '~', '%7E'), '~',
        replace(replace(ledger.label_name, '%', '%25'), '~', '%7E'), '~',
        concat(left(date_format(ledger.label_from, '%Y-%m-%dT%T.%f'), 23), 'Z')
    ) as label_key
from ledger;

-- purpose: a label with the entries that bear it
-- grain: one row per row of label
-- reads: label, ledger
-- model: labels
create or replace sql security invoker view labels as
select
    concat(
        replace(replace(label.kind, '%', '%25'), '~', '%7E'), '~',
        replace(replace(label.name, '%', '%25'), '~', '%7E'), '~',
        concat(left(date_format(label.valid_from, '%Y-%m-%dT%T.%f'), 23), 'Z')
    ) as label_key,
    label.kind,
    label.name,
    label.valid_from,
    label.note,
    coalesce((
        select json_arrayagg(json_object(
            'ledgerId', cast(ledger.id as char),
            'amount', cast(ledger.amount as char)
        ) order by ledger.id)
        from ledger
        where ledger.label_kind = label.kind
            and ledger.label_name = label.name
            and ledger.label_from = label.valid_from
    ), json_array()) as entries
from label;

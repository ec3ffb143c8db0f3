-- purpose: the day that a text like 2026-01-31 tells; null for any other text
create or replace function day_of(in_text varchar(500) character set utf8mb4)
returns date
deterministic
no sql
return if(
    in_text regexp '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
        and find_day_fault(left(in_text, 4), substring(in_text, 6, 2), right(in_text, 2)) is null,
    cast(in_text as date),
    null
)

-- purpose: the moment that a text like 2026-01-31 10:30:00.123 tells, of UTC; null for any other
-- A T may stand between day and time, and a Z at the end. Less than a millisecond is cut off.
create or replace function moment_of(in_text varchar(500) character set utf8mb4)
returns datetime(3)
deterministic
no sql
return if(
    in_text regexp '^.{10}[ T]([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]{1,6})?Z?$'
        and day_of(left(in_text, 10)) is not null,
    cast(replace(trim(trailing 'Z' from in_text), 'T', ' ') as datetime(3)),
    null
)

-- purpose: that a file tells no day, as `column: reason`; null when it does
create or replace function find_date_fault(
    in_column varchar(64), in_text varchar(500) character set utf8mb4)
returns varchar(200)
deterministic
no sql
return if(day_of(in_text) is null, concat(in_column, ': is no day like 2026-01-31'), null)

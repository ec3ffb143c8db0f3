-- purpose: what is wrong with the times of a row, as `column: reason`; null when nothing is
create or replace function find_source_fault(in_created_at datetime(3), in_last_updated datetime(3))
returns varchar(200)
deterministic
no sql
return case
    when in_created_at is null then 'created_at: is no moment like 2026-01-31 10:30:00.000'
    when in_last_updated is null then 'last_updated: is no moment like 2026-01-31 10:30:00.000'
    when in_last_updated < in_created_at then 'last_updated: is before created_at'
end

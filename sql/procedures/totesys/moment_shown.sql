-- purpose: the first millisecond whose state (asOf) shows what the statement writes
create or replace function moment_shown()
returns datetime(3)
not deterministic
no sql
return utc_timestamp(6)
    + interval (1000000 - microsecond(utc_timestamp(6))) % 1000 microsecond

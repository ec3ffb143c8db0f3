-- A run of a schedule may end before its work begins: then the run log does not tell of it.

alter table vitrine_schedule
    -- Whether vitrine_run tells of the latest run.
    add column if not exists is_logged tinyint unsigned not null default 1;

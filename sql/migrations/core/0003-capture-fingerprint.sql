-- What capture looked like when a loader last found it whole.

-- One row, made by the first look. A loader that starts compares it with the triggers that are
-- there: one that was dropped and made again meanwhile has missed what was written in between.
create table if not exists vitrine_capture (
    capture_id tinyint unsigned not null default 1,
    -- As vitrine_read_trigger_fingerprint() gives it: null when there was no trigger.
    trigger_fingerprint char(64) character set ascii collate ascii_bin null,
    primary key (capture_id),
    constraint vitrine_capture_capture_id_ck check (capture_id = 1)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

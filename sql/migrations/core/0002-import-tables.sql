-- What imports did: one row per run, one row per remark on a line of a file.

create table if not exists vitrine_import_run (
    import_run_id bigint unsigned not null auto_increment,
    domain varchar(64) character set ascii collate ascii_bin not null,
    started_at datetime(3) not null default (utc_timestamp(3)),
    finished_at datetime(3) null,
    summary json null,
    primary key (import_run_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Remarks of the latest import of a domain: an import deletes those of the import before.
create table if not exists vitrine_import_reject (
    import_reject_id bigint unsigned not null auto_increment,
    domain varchar(64) character set ascii collate ascii_bin not null,
    -- reject: the line was not loaded. correction: it was loaded mended. warning: look at it.
    severity enum('reject', 'correction', 'warning') not null default 'reject',
    file varchar(255) not null,
    -- Line of the file, the header being line 1.
    `row` bigint unsigned not null,
    `column` varchar(64) null,
    value varchar(1000) null,
    reason varchar(255) not null,
    primary key (import_reject_id),
    -- for: vitrine import prints the remarks of one domain, by severity and file
    key vitrine_import_reject_domain_ix (domain, severity, file, `row`)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

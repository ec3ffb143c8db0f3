-- What was run: each import, export, migration, rebuild and verification, with its end.
create table if not exists vitrine_run (
    run_id bigint unsigned not null auto_increment,
    kind varchar(16) character set ascii collate ascii_bin not null,
    -- what of the kind: the domain and import, the destination, the models
    name varchar(255) not null,
    -- host and process that ran it
    node varchar(255) not null,
    started_at datetime(3) not null default (utc_timestamp(3)),
    -- prolonged while it runs: one without an end whose time is over was lost with its process
    alive_until datetime(3) not null,
    ended_at datetime(3) null,
    outcome enum('succeeded', 'failed', 'cancelled') null,
    row_count bigint unsigned null,
    error_code varchar(64) character set ascii collate ascii_bin null,
    error varchar(2000) null,
    primary key (run_id),
    -- for: the latest runs, and dropping those of long ago
    key vitrine_run_started_at_ix (started_at),
    -- for: the latest success of each kind and name
    key vitrine_run_kind_name_outcome_ix (kind, name, outcome, ended_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Tables that a migration runner needs before it can run anything. Every run begins with this file.

-- What was applied. Versioned files are applied once; views, procedures, functions and triggers
-- again when their text, something that they are built on, or their definition in the server
-- changes.
create table if not exists vitrine_migration (
    -- Path relative to the folder of the SQL files.
    name varchar(255) character set ascii collate ascii_bin not null,
    kind enum('versioned', 'view', 'procedure', 'function', 'trigger') not null,
    -- Of a versioned file: SHA-256 of its text. Of another: also of everything that it names.
    hash char(64) character set ascii collate ascii_bin not null,
    -- SHA-256 of the definition that the server stored; null until the run that applied it was
    -- complete.
    fingerprint char(64) character set ascii collate ascii_bin null,
    applied_at datetime(3) not null default (utc_timestamp(3)),
    primary key (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Leases: courtesy between loaders, exclusion between migration runners. A row works on every node
-- of a cluster, where get_lock is local to one.
create table if not exists vitrine_lease (
    lease_name varchar(64) character set ascii collate ascii_bin not null,
    holder varchar(255) not null,
    expires_at datetime(3) not null,
    primary key (lease_name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

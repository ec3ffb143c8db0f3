-- Tables of the engine: what was written, what is to be mirrored, how far the mirror is.

-- One queue per model of documents to evaluate again. Only loaders touch it.
create table if not exists vitrine_pending (
    pending_id bigint unsigned not null auto_increment,
    model varchar(64) character set ascii collate ascii_bin not null,
    document_id varchar(255) not null,
    -- When the change was written: its age is the lag.
    logged_at datetime(6) not null,
    -- 1: one of very many documents of one change (a product is renamed). These wait for the
    -- others.
    bulk tinyint unsigned not null default 0,
    primary key (pending_id),
    -- for: the head of one model's queue
    key vitrine_pending_model_bulk_ix (model, bulk, pending_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- One row. n numbers snapshots: whoever raises n keeps the row lock until its snapshot is open, so
-- a larger n is a later snapshot. wanted is the largest n given to a reader as a token.
create table if not exists vitrine_position (
    position_id tinyint unsigned not null default 1,
    n bigint unsigned not null default 0,
    wanted bigint unsigned not null default 0,
    -- Names this database's life: a restored copy that goes on from an older n is found out.
    incarnation char(36) character set ascii collate ascii_bin not null default (uuid()),
    primary key (position_id),
    constraint vitrine_position_position_id_ck check (position_id = 1)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

insert ignore into vitrine_position (position_id) values (1);

-- One row per model: how far the mirror of it is acknowledged, and where its rebuild stands.
create table if not exists vitrine_state (
    model varchar(64) character set ascii collate ascii_bin not null,
    -- Hash of the model's fields: a loader with another definition refuses to write.
    shape_hash char(16) character set ascii collate ascii_bin not null,
    -- Largest position whose batch MongoDB has acknowledged.
    acked bigint unsigned not null default 0,
    -- A read of the mirror shows everything committed before this position.
    complete bigint unsigned not null default 0,
    rebuild_status enum('needed', 'running', 'done') not null default 'needed',
    -- Position of the rebuild's first snapshot: documents older than it at the end are orphans.
    rebuild_from bigint unsigned null,
    -- Last document id written by the rebuild, to go on from there.
    rebuild_cursor varchar(255) null,
    -- End of the last rebuild; null while the mirror of this model must not be trusted.
    rebuilt_at datetime(3) null,
    primary key (model)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Documents that could not be built or stored. A later change of the document tries again.
create table if not exists vitrine_rejected (
    model varchar(64) character set ascii collate ascii_bin not null,
    document_id varchar(255) not null,
    reason varchar(2000) not null,
    failures int unsigned not null default 1,
    first_at datetime(3) not null default (utc_timestamp(3)),
    last_at datetime(3) not null default (utc_timestamp(3)),
    primary key (model, document_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

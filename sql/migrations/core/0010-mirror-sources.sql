-- What the documents of the mirror were made of: the tables, views and routines, as they were then.

-- A row per object, made by the first look of `migrate up` or of a loader. One that says something
-- else now, without a write that a trigger could log, has the models rebuilt that read it.
create table if not exists vitrine_source (
    kind enum('table', 'view', 'function', 'procedure') not null,
    name varchar(64) not null,
    -- JSON, from what vitrine_read_sources() gives: of a table its rows and columns, else the
    -- text's hash.
    says longtext not null,
    primary key (kind, name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Tables that others own: which columns they had when their triggers were made, by which what their
-- owner has renamed since is told from what is new; and names in any script.
create table if not exists vitrine_known_table (
    source_table varchar(64) not null,
    -- of each column its name and what it is, in their order (JSON)
    columns longtext not null,
    primary key (source_table)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Files are named after the tables that they are about.
alter table vitrine_migration
    modify column name varchar(255) character set utf8mb4 collate utf8mb4_nopad_bin not null;

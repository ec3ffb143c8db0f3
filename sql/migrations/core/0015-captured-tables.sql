-- The catalogue of captured tables gets a name that no change table can have:
-- `vitrine_change_table` is that of a captured table `table`. And it notes of each whether changes
-- may wait there that were logged without a key which it has now.

create table if not exists vitrine_captured_table (
    source_table varchar(64) not null,
    change_table varchar(64) not null,
    -- whether changes may wait there that were logged without a key which it has now
    lacks_keys boolean not null default false,
    primary key (source_table)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

begin not atomic
    -- the catalogue of before, and no change table of that name
    if exists (
        select 1 from information_schema.columns as former
        where former.table_schema = database() and former.table_name = 'vitrine_change_table'
            and former.column_name = 'change_table'
    ) then
        insert ignore into vitrine_captured_table (source_table, change_table)
        select source_table, change_table from vitrine_change_table;
        drop table vitrine_change_table;
    end if;
end;

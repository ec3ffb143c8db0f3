-- MariaDB puts no transaction on record in which an upsert, an ignored duplicate or a failed
-- statement came after the last write to a versioned table; then nobody knows when its rows began
-- to be so. An import writes its run last, so this table is versioned.

set @add_history = if(
    exists (
        select 1 from information_schema.tables
        where table_schema = database() and table_name = 'vitrine_import_run'
            and table_type = 'SYSTEM VERSIONED'
    ),
    'do 0',
    'alter table vitrine_import_run
        add column row_start bigint unsigned generated always as row start invisible,
        add column row_end bigint unsigned generated always as row end invisible,
        add period for system_time (row_start, row_end),
        add system versioning'
);
prepare add_history from @add_history;
execute add_history;
deallocate prepare add_history;

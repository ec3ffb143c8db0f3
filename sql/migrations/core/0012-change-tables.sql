-- A change table per captured table takes the place of the one log. The change tables themselves
-- are made beside the triggers that fill them: one row per write of a row, with its keys as they
-- are (`vitrine_change_order` of `order`). Append-only for writers, deleted by the loader once
-- resolved. No other index and no payload: a writer pays for one insert at the end of one B-tree.

-- Which tables are captured, and where their changes are.
create table if not exists vitrine_change_table (
    source_table varchar(64) not null,
    change_table varchar(64) not null,
    primary key (source_table)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- The views that say which documents of a model a change of a table may alter.
create table if not exists vitrine_touched_view (
    model varchar(64) character set ascii collate ascii_bin not null,
    source_table varchar(64) not null,
    touched_view varchar(64) not null,
    primary key (model, source_table),
    -- for: what the changes of a table touch
    key vitrine_touched_view_source_table_ix (source_table)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- The catalogue of captured tables gets a name that no change table can have:
-- `vitrine_change_table` is that of a captured table `table`. And it notes of each whether changes
-- may wait there that were logged without a key which it has now.

rename table if exists vitrine_change_table to vitrine_captured_table;
alter table vitrine_captured_table
    add column if not exists lacks_keys boolean not null default false;

-- A domain may have several imports: a run says which it was.
alter table vitrine_import_run
    -- null: a run of a release in which a domain had only one
    add column if not exists import_name varchar(64) character set ascii collate ascii_bin null
        after domain;

-- purpose: the log of migrations knows objects that are named after tables of any script

alter table vitrine_migration
    modify column name varchar(255) character set utf8mb4 collate utf8mb4_nopad_bin not null;

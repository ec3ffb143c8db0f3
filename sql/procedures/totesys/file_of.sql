-- purpose: the file from which the rows of a table are imported just now: address.csv, address.json
create or replace function file_of(in_table varchar(64))
returns varchar(255) character set utf8mb4 collate utf8mb4_nopad_bin
no sql
return regexp_substr(@import_files, concat('(?<![a-z_])', in_table, '[.][a-z]+'))

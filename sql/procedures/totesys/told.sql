-- purpose: what a field of a file tells: without blanks around it; null for a blank and for NULL
create or replace function told(in_text varchar(500) character set utf8mb4)
returns varchar(500) character set utf8mb4 collate utf8mb4_nopad_bin
deterministic
no sql
return nullif(nullif(trim(in_text), ''), 'NULL')

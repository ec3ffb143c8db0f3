-- purpose: a word that a file tells as a cleaning rule of its column corrects it
-- reads: cleaning_rule
create or replace function cleaned(
    in_table varchar(64), in_column varchar(64), in_word varchar(500) character set utf8mb4)
returns varchar(500) character set utf8mb4 collate utf8mb4_nopad_bin
reads sql data
return coalesce(
    (
        select rule.correct
        from cleaning_rule as rule
        where rule.table_name = in_table and rule.column_name = in_column and rule.wrong = in_word
    ),
    in_word
)

-- purpose: what is wrong with a text that a file tells, as `column: reason`; null when nothing is
create or replace function find_text_fault(
    in_column varchar(64), in_text varchar(500) character set utf8mb4, in_most int)
returns varchar(200)
deterministic
no sql
return case
    when in_text is null then concat(in_column, ': is missing')
    when char_length(in_text) > in_most
        then concat(in_column, ': is longer than ', in_most, ' letters')
    when in_text regexp '[[:cntrl:]]' then concat(in_column, ': has control characters')
end

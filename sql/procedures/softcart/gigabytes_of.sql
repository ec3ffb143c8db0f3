-- purpose: gigabytes of a size like 500MB, 8 GB or 1.5TB, by powers of a thousand; null if it is
-- none
create or replace function gigabytes_of(in_text varchar(500)) returns decimal(30,9)
deterministic
no sql
begin
    declare v_text varchar(500) default upper(trim(in_text));
    declare v_number varchar(500) default trim(left(v_text, char_length(v_text) - 2));

    return if(
        v_text not regexp '^[0-9]{1,9}([.][0-9]{1,6})? ?(MB|GB|TB)$',
        null,
        cast(v_number as decimal(15,6)) * case right(v_text, 2)
            when 'MB' then 0.001
            when 'GB' then 1
            else 1000
        end
    );
end

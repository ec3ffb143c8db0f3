-- purpose: a text with a capital at the start of each word; O'Brien and Jean-Luc too, Don't not
create or replace function title_case(in_text varchar(1000)) returns varchar(1000)
deterministic
no sql
begin
    declare v_result varchar(1000) default '';
    declare v_at, v_word int default 0;
    declare v_letter varchar(1);

    while v_at < char_length(in_text) do
        set v_at = v_at + 1,
            v_letter = substring(in_text, v_at, 1);
        -- v_word: letters of the word so far. An apostrophe after the first begins a word.
        set v_result = concat(v_result, if(v_word = 0, upper(v_letter), lower(v_letter))),
            v_word = case
                when v_letter in ('''', '’') then if(v_word = 1, 0, v_word + 1)
                when v_letter regexp '[[:alnum:]]' then v_word + 1
                else 0
            end;
    end while;
    return if(in_text is null, null, v_result);
end

-- purpose: a list of a materialised view with the entry of one id put in, replaced, or (null) taken
-- out
-- The list is "id text" by id, separated by 0x1e. Only lengths are summed: an aggregate of texts
-- would be cut, in silence, at the group_concat_max_len of whoever sells.
create or replace function put_entry(in_entries longtext, in_id int, in_text varchar(300))
returns longtext
deterministic
reads sql data
begin
    declare v_before, v_old int default 0;
    declare v_last int;

    if in_entries = '' then
        return coalesce(concat(in_id, ' ', in_text), '');
    end if;
    -- New customers buy most: their ids are the highest.
    set v_last = substring_index(substring_index(in_entries, x'1e', -1), ' ', 1);
    if v_last < in_id then
        return concat_ws(x'1e', in_entries, concat(in_id, ' ', in_text));
    end if;

    select
        coalesce(sum(if(e.id < in_id, e.length, 0)), 0),
        coalesce(sum(if(e.id = in_id, e.length, 0)), 0)
    into v_before, v_old
    from (
        select
            cast(substring_index(t.entry, ' ', 1) as int) as id,
            char_length(t.entry) + 1 as length
        from json_table(
            -- Backslashes first: what then is \u001E was 0x1e, and no text that looks like it.
            concat('[', replace(replace(json_quote(in_entries) collate utf8mb4_nopad_bin,
                '\\\\', '\\u005c'), '\\u001E', '","'), ']'),
            '$[*]' columns (entry varchar(400) path '$')
        ) t
    ) e;

    return trim(trailing x'1e' from concat(
        left(concat(in_entries, x'1e'), v_before),
        coalesce(concat(in_id, ' ', in_text, x'1e'), ''),
        substring(concat(in_entries, x'1e'), v_before + v_old + 1)));
end

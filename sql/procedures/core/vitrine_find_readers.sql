-- purpose: views and routines that read any of these tables, views and routines, also by others
-- grain: a JSON array of names, those that were given among them
-- reads: information_schema
-- Runs with the rights of its owner: a loader may not see the bodies of functions.
create or replace function vitrine_find_readers(in_names longtext character set utf8mb4)
returns longtext character set utf8mb4 collate utf8mb4_nopad_bin
reads sql data
begin
    declare v_readers longtext character set utf8mb4;
    -- A table that is being altered is left out of a function's look, with a warning.
    declare exit handler for 1684 signal sqlstate 'HY000' set mysql_errno = 1205,
        message_text = 'A table is being altered: who reads it cannot be seen.';
    with recursive text_of as (
        -- The server writes the names in a view itself: `database`.`table` and `function`(.
        select table_name as name, view_definition as text, true as is_view
        from information_schema.views where table_schema = database()
        union all
        select routine_name, routine_definition, false
        from information_schema.routines where routine_schema = database()
    ), reader as (
        select given.name
        from json_table(in_names, '$[*]' columns (
            name varchar(64) character set utf8mb3 collate utf8mb3_general_ci path '$'
        )) as given
        union
        select text_of.name
        from reader
        join text_of on if(
            text_of.is_view,
            instr(text_of.text, concat('`', database(), '`.`', reader.name, '`')) > 0
            or instr(text_of.text, concat('`', reader.name, '`(')) > 0,
            text_of.text regexp concat('(?<![0-9a-z_$])\\Q', reader.name, '\\E(?![0-9a-z_$])')
        )
    )
    select json_arrayagg(name) into v_readers from reader;
    return coalesce(v_readers, '[]');
end;

-- purpose: what decides which rows there are and what they say: tables, views and routines
-- grain: a JSON array of [kind, object, part, hash]; columns of a table in their order
-- reads: information_schema
-- Runs with the rights of its owner: a loader may not see the bodies of functions.
create or replace function vitrine_read_sources()
returns longtext character set utf8mb4 collate utf8mb4_nopad_bin
reads sql data
begin
    declare v_path varchar(400) default concat(
        cast(cast(convert(database() using filename) as binary) as char), '/'
    );
    declare v_numbers, v_sources longtext character set utf8mb4;
    declare v_is_skipped boolean;
    declare v_pause int;
    declare v_looks int default 0;
    -- A table that is being altered is left out of a function's look, with a warning.
    declare continue handler for 1684 set v_is_skipped = true;
    -- Without the right PROCESS the time at which a table was made stands for its numbers.
    declare continue handler for 1227 set v_numbers = null;
    repeat
        set v_is_skipped = false;
        set v_looks = v_looks + 1;
        -- A new number: other rows (swapped, emptied, exchanged), or the same ones written anew.
        select json_objectagg(found.name, found.numbers) into v_numbers
        from (
            select
                substring_index(substring(name, char_length(v_path) + 1), '#P#', 1) as name,
                group_concat(concat(name, '=', table_id) order by name) as numbers
            from information_schema.innodb_sys_tables
            where left(name, char_length(v_path)) = v_path
            group by 1
        ) as found;
        select
            json_arrayagg(
                json_array(kind, object, part, left(sha2(says, 256), 32))
                order by kind, object, place
            )
        into v_sources
        from (
            select
                'table' as kind, table_name as object, '' as part, 0 as place,
                coalesce(json_value(v_numbers, concat('$."', cast(cast(convert(
                    table_name using filename) as binary) as char), '"')), create_time) as says
            from information_schema.tables
            where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
            union all
            select 'partition', table_name, concat_ws('/', partition_name, subpartition_name), 0,
                json_array(partition_method, partition_expression, partition_description,
                    subpartition_method, subpartition_expression)
            from information_schema.partitions
            where table_schema = database() and partition_name is not null
            union all
            select 'column', table_name, column_name, ordinal_position,
                json_array(column_type, collation_name, is_nullable, generation_expression)
            from information_schema.columns
            where table_schema = database() and table_name not in (
                select table_name from information_schema.views where table_schema = database()
            )
            union all
            select 'view', table_name, '', 0, view_definition
            from information_schema.views where table_schema = database()
            union all
            -- The numbers are this server's: another node has its own.
            select 'server', '', '', 0, @@server_uid
            union all
            select lower(routine_type), routine_name, '', 0,
                concat_ws('|', routine_definition, dtd_identifier, sql_mode)
            from information_schema.routines
            where routine_schema = database() and routine_type in ('FUNCTION', 'PROCEDURE')
        ) as source;
        set v_pause = if(v_is_skipped, sleep(0.02), 0);
    until not v_is_skipped or v_looks = 250 end repeat;
    if v_is_skipped then
        signal sqlstate 'HY000' set mysql_errno = 1205,
            message_text = 'A table is being altered: what it is cannot be seen.';
    end if;
    return v_sources;
end;

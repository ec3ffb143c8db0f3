-- History by time, 3: timestamps, and the versions that there were (see 0007-history-by-time.sql).

-- purpose: run a statement while in_table, which must be locked, has no triggers
-- They are back when it fails, too. Only a kill in between leaves none: the next run of
-- `vitrine migrate up` makes them anew. Of two backslashes in a text the server shows one. None is
-- dropped when one of their definers cannot be named by whoever migrates.
create or replace procedure vitrine_without_triggers(
    in in_table varchar(64), in in_statement longtext
)
modifies sql data
begin
    declare v_mode varchar(512) default @@sql_mode;
    declare v_failure text default null;
    execute immediate concat(
        'create or replace temporary table kept_trigger engine = Aria select
            trigger_name as name, sql_mode as mode,
            concat(
                ''create definer = `'', left(definer, char_length(definer)
                    - char_length(substring_index(definer, ''@'', -1)) - 1), ''`@`'',
                substring_index(definer, ''@'', -1), ''` ''
            ) as head,
            concat(
                ''trigger `'', trigger_name, ''` '', action_timing, '' '', event_manipulation,
                '' on `'', event_object_table, ''` for each row '',
                if(find_in_set(''NO_BACKSLASH_ESCAPES'', sql_mode), action_statement,
                    replace(action_statement, ''\\\\'', ''\\\\\\\\''))
            ) as text
        from information_schema.triggers
        where trigger_schema = database() and event_object_schema = database()
            and event_object_table = ''', in_table, '''
        order by action_timing, event_manipulation, action_order'
    );
    for kept in (select distinct head from kept_trigger) do
        execute immediate concat(
            kept.head, 'trigger vitrine_trial before delete on `', in_table, '` for each row do 0'
        );
        drop trigger vitrine_trial;
    end for;
    for kept in (select name from kept_trigger) do
        execute immediate concat('drop trigger `', kept.name, '`');
    end for;
    begin
        declare exit handler for sqlexception get diagnostics condition 1 v_failure = message_text;
        execute immediate in_statement;
    end;
    for kept in (select mode, head, text from kept_trigger) do
        set sql_mode = kept.mode;
        execute immediate concat(kept.head, kept.text);
    end for;
    set sql_mode = v_mode;
    drop temporary table kept_trigger;
    if v_failure is not null then
        signal sqlstate '45000' set message_text = v_failure;
    end if;
end;

-- purpose: version in_table by time, and give it back the versions that vitrine_take_versions noted
-- A row that is there has two: its own begins now, and one before it that says the same from the
-- commit on that wrote it. Versions that are there again are left alone.
create or replace procedure vitrine_put_versions(in in_table varchar(64))
modifies sql data
begin
    declare v_columns text;
    declare v_start, v_end, v_time varchar(66);
    call vitrine_read_columns(in_table, v_columns, v_start, v_end, v_time);
    if v_time is null then
        execute immediate concat(
            'alter table `', in_table, '`
                add column row_start timestamp(6) generated always as row start invisible,
                add column row_end timestamp(6) generated always as row end invisible,
                add period for system_time (row_start, row_end), add system versioning'
        );
    end if;
    execute immediate concat(
        'select max(version_from) into @newest from `', in_table, '_versions`'
    );
    execute immediate concat(
        'select min(row_start), min(if(row_start > @newest, row_start, null))
        into @oldest, @altered_at from `', in_table, '` for system_time all'
    );
    -- Older than the table's own: they are there already.
    if @newest is not null and (@oldest is null or @oldest >= @altered_at) then
        call vitrine_without_triggers(in_table, concat(
            'set statement system_versioning_insert_history = 1, foreign_key_checks = 0,
                check_constraint_checks = 0, max_statement_time = 0
            for insert into `', in_table, '` (row_start, row_end, ', v_columns, ')
            select version_from, coalesce(version_to, @altered_at), ', v_columns,
            ' from `', in_table, '_versions`
            where version_from < coalesce(version_to, @altered_at)'
        ));
    end if;
end;

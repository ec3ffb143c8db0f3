-- purpose: one hash of the triggers that may log changes, to notice one lost, changed or made anew
-- grain: one value; null without such triggers
-- reads: information_schema.triggers, routines
-- Not among them: those that name nothing of the engine's and no routine, which anybody may add.
-- To the second: a fraction is kept by that node of a cluster only which made the trigger.
-- Runs with the rights of its owner: a loader may not see triggers, unless it may also change them.
create or replace function vitrine_read_trigger_fingerprint()
returns char(64) character set ascii
reads sql data
begin
    declare v_fingerprint char(64) character set ascii;
    declare v_routines mediumtext character set utf8mb4 default (
        select group_concat('\\Q', routine_name, '\\E' separator '|')
        from information_schema.routines where routine_schema = database()
    );
    declare v_is_skipped boolean;
    declare v_pause int;
    declare v_looks int default 0;
    -- A table that is being altered is left out of a function's look, with a warning.
    declare continue handler for 1684 set v_is_skipped = true;
    repeat
        set v_is_skipped = false;
        set v_looks = v_looks + 1;
        select
            sha2(
                group_concat(
                    sha2(
                        concat_ws(
                            '|', trigger_name, event_object_table, action_timing,
                            event_manipulation, action_statement,
                            date_format(created, '%Y-%m-%d %T')
                        ),
                        256
                    )
                    order by trigger_name
                ),
                256
            )
        into v_fingerprint
        from information_schema.triggers
        where trigger_schema = database()
            and (
                action_statement like '%vitrine\\_%'
                or action_statement regexp coalesce(v_routines, '(?!)')
            );
        if v_is_skipped then
            set v_pause = sleep(0.02);
        end if;
    until not v_is_skipped or v_looks = 250 end repeat;
    if v_is_skipped then
        signal sqlstate 'HY000' set
            mysql_errno = 1205,
            message_text = 'A table is being altered: its triggers cannot be seen.';
    end if;
    return v_fingerprint;
end;

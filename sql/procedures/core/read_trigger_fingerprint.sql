-- purpose: one hash of all triggers of this database, to notice one lost, changed or made anew
-- grain: one value; null without triggers
-- reads: information_schema.triggers
-- Runs with the rights of its owner: a loader may not see triggers, unless it may also change them.
create or replace function read_trigger_fingerprint()
returns char(64) character set ascii
reads sql data
begin
    declare v_fingerprint char(64) character set ascii;
    select
        sha2(
            group_concat(
                sha2(
                    concat_ws(
                        '|', trigger_name, event_object_table, action_timing, event_manipulation,
                        action_statement, created
                    ),
                    256
                )
                order by trigger_name
            ),
            256
        )
    into v_fingerprint
    from information_schema.triggers
    where trigger_schema = database();
    return v_fingerprint;
end;

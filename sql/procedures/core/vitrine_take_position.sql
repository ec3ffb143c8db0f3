-- purpose: takes the next position, and tells loaders that somebody waits for it
-- grain: one row: n, and the life of the database that it belongs to
-- reads: vitrine_position
-- Runs with the rights of its owner: who may take the next position may not choose one. A position
-- that somebody has set at will makes the mirror refuse what it should write, or believe what it
-- has not.
create or replace procedure vitrine_take_position()
modifies sql data
begin
    declare v_n bigint unsigned;
    update vitrine_position set n = last_insert_id(n + 1), wanted = n where position_id = 1;
    set v_n = last_insert_id();
    select
        cast(v_n as char) as n,
        incarnation
    from vitrine_position
    where position_id = 1;
end;

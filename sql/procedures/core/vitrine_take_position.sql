-- purpose: takes the next position, and tells loaders that somebody waits for it
-- grain: one row: n, and the life of the database that it belongs to
-- reads: vitrine_position
-- Runs with the rights of its owner: who may take the next position may not choose one. A position
-- that somebody has set at will makes the mirror refuse what it should write, or believe what it
-- has not. On a server that has not counted yet a life of its own begins first, as in
-- `src/core/position.ts`.
create or replace procedure vitrine_take_position()
modifies sql data
begin
    declare v_n bigint unsigned;
    declare v_server varchar(255) default concat(@@server_id, '/', @@hostname);
    -- Not every build of the server has these variables: `@@wsrep_on` would be an error there.
    if exists(
        select 1 from information_schema.global_variables
        where variable_name = 'WSREP_ON' and variable_value = 'ON'
    ) then
        select concat('galera/', variable_value) into v_server
        from information_schema.global_variables
        where variable_name = 'WSREP_CLUSTER_NAME';
    end if;
    update vitrine_position set n = last_insert_id(n + 1), wanted = n
    where position_id = 1 and server = v_server;
    if row_count() = 0 then
        update vitrine_position set
            branches = if(
                server is null,
                branches,
                json_remove(
                    json_array_insert(
                        branches,
                        '$[0]',
                        json_object('life', incarnation, 'upTo', cast(n as char))
                    ),
                    '$[16]'
                )
            ),
            incarnation = if(server is null, incarnation, uuid()),
            server = v_server
        where position_id = 1 and not server <=> v_server;
        update vitrine_position set n = last_insert_id(n + 1), wanted = n where position_id = 1;
    end if;
    set v_n = last_insert_id();
    select
        cast(v_n as char) as n,
        incarnation
    from vitrine_position
    where position_id = 1;
end;

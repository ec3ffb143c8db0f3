-- History by time, 2: what the versions were (see 0007-history-by-time.sql).

-- purpose: note every version of in_table with the times of the commits that made and ended it, and
-- take the versions from in_table, unless it has timestamps already
-- A transaction that MariaDB has not on record has the time of the next one that is, or of now.
create or replace procedure vitrine_take_versions(in in_table varchar(64))
modifies sql data
begin
    declare v_columns text;
    declare v_start, v_end, v_time varchar(66);
    declare v_committed text default 'coalesce((select committed_at
        from vitrine_commit_time as which
        where transaction_id >= of_version order by transaction_id limit 1), now(6))';
    call vitrine_read_columns(in_table, v_columns, v_start, v_end, v_time);
    if v_start is not null then
        execute immediate concat('delete from `', in_table, '_versions`');
        execute immediate concat(
            'insert into `', in_table, '_versions` (version_from, version_to, ', v_columns,
            ') select ', replace(replace(v_committed, 'which', 'begun'), 'of_version', v_start),
            ', if(', v_end, ' = 18446744073709551615, null, ',
            replace(replace(v_committed, 'which', 'ended'), 'of_version', v_end), '), ',
            v_columns, ' from `', in_table, '` for system_time all'
        );
        execute immediate concat('select count(*) into @kept from `', in_table, '_versions`');
        if @kept > 0 then
            if @commit_times_denied then
                signal sqlstate '45000' set message_text
                    = 'This account may not select from mysql.transaction_registry: grant it.';
            end if;
            -- A server with secure_timestamp refuses to write the past, too: better now than later.
            set timestamp = unix_timestamp(sysdate(6));
            set timestamp = default;
        end if;
        execute immediate concat(
            'set statement system_versioning_alter_history = keep for alter table `', in_table,
            '` drop system versioning, drop period for system_time, drop column ', v_start,
            ', drop column ', v_end
        );
    end if;
end;

-- The run of an import had versions, so that MariaDB put every import on its record.
call vitrine_read_columns('vitrine_import_run', @columns_read, @start_read, @end_read, @time_read);
set @drop_history = if(
    @start_read is null, 'do 0',
    'set statement system_versioning_alter_history = keep for alter table vitrine_import_run
        drop system versioning, drop period for system_time,
        drop column row_start, drop column row_end'
);
execute immediate @drop_history;

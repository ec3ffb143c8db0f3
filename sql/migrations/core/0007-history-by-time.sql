-- History by time, 1: the versions of a table that is versioned by transaction. Its `bigint` row
-- start makes MariaDB write mysql.transaction_registry at every commit: one statement that is
-- killed there can stop all writes of the server (error 4133) until it is restarted, and no such
-- table reaches a replica. A domain that has some gives them timestamps by a migration of these
-- steps, each of which can be repeated after a crash (see migrations/pos/0007-history-by-time.sql):
--   call vitrine_keep_commit_times();
--   call vitrine_keep_versions('t');
--   lock tables t write, t_versions write, vitrine_commit_time as begun read,
--     vitrine_commit_time as ended read;
--   call vitrine_take_versions('t');
--   call vitrine_put_versions('t');
--   unlock tables;
--   drop table t_versions, vitrine_commit_time;

-- purpose: what information_schema says of the columns of in_table: those that an insert may name,
-- and which keep the begin and the end of a version by transaction, and its begin by time
-- The name is a literal: with a variable the server opens every table, and fails on those that
-- somebody alters meanwhile.
create or replace procedure vitrine_read_columns(
    in in_table varchar(64),
    out out_columns text, out out_start varchar(66), out out_end varchar(66),
    out out_time varchar(66)
)
modifies sql data
begin
    execute immediate concat(
        'select group_concat(if(is_generated = ''NEVER'', concat(''`'', column_name, ''`''), null)
                order by ordinal_position separator '', ''),
            max(if(generation_expression = ''ROW START'' and data_type = ''bigint'',
                concat(''`'', column_name, ''`''), null)),
            max(if(generation_expression = ''ROW END'' and data_type = ''bigint'',
                concat(''`'', column_name, ''`''), null)),
            max(if(generation_expression = ''ROW START'' and data_type = ''timestamp'',
                concat(''`'', column_name, ''`''), null))
        into @columns_read, @start_read, @end_read, @time_read
        from information_schema.columns
        where table_schema = database() and table_name = ''', in_table, ''''
    );
    set out_columns = @columns_read, out_start = @start_read, out_end = @end_read,
        out_time = @time_read;
end;

-- purpose: copy when each transaction was committed: MariaDB's record cannot be read under locks
-- Whoever may not read it has no times: vitrine_take_versions refuses versions then.
create or replace procedure vitrine_keep_commit_times()
modifies sql data
begin
    declare continue handler for 1142 set @commit_times_denied = true;
    set @commit_times_denied = false;
    create or replace table vitrine_commit_time (
        transaction_id bigint unsigned not null primary key,
        committed_at timestamp(6) not null
    ) engine = InnoDB;
    insert into vitrine_commit_time (transaction_id, committed_at)
    select transaction_id, commit_timestamp from mysql.transaction_registry;
end;

-- purpose: make the table that holds the versions of in_table while that is altered
create or replace procedure vitrine_keep_versions(in in_table varchar(64))
modifies sql data
begin
    declare v_columns text;
    declare v_start, v_end, v_time varchar(66);
    call vitrine_read_columns(in_table, v_columns, v_start, v_end, v_time);
    execute immediate concat(
        'create table if not exists `', in_table, '_versions` (',
        'version_id bigint not null auto_increment primary key,',
        'version_from timestamp(6) null, version_to timestamp(6) null) engine = InnoDB select ',
        v_columns, ' from `', in_table, '` limit 0'
    );
end;

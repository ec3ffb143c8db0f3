-- Days keep their history by time, as all that documents are made of.
begin not atomic
    if not exists (
        select 1 from information_schema.columns
        where table_schema = database() and table_name = 'dim_date' and column_name = 'row_start'
    ) then
        alter table dim_date
            add column row_start timestamp(6) generated always as row start invisible,
            add column row_end timestamp(6) generated always as row end invisible,
            add period for system_time (row_start, row_end), add system versioning;
    end if;
end;

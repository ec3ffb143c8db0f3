-- purpose: whether a row version is part of the state at a moment, and a note that it was asked
-- grain: one value per row version
-- reads: @vitrine_versions, which collects the notes: row, begin and end in microseconds since 1970
-- The history of a document needs to know which row versions a query has looked at, and only the
-- query itself can tell. A function, because a condition with a variable of its own would stop the
-- server from merging views.
create or replace function vitrine_note_version(
    in_row varchar(40) character set ascii,
    in_start timestamp(6),
    in_end timestamp(6),
    in_moment timestamp(6)
)
returns boolean
not deterministic
no sql
begin
    set @vitrine_versions = concat(
        @vitrine_versions, in_row, ' ',
        cast(unix_timestamp(in_start) * 1000000 as unsigned), ' ',
        cast(unix_timestamp(in_end) * 1000000 as unsigned), '\n'
    );
    return in_start <= in_moment and in_end > in_moment;
end;

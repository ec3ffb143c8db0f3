-- purpose: whether a row version is part of the state at a commit, and a note that it was asked
-- grain: one value per row version
-- reads: @vitrine_versions, which collects the notes
-- The history of a document needs to know which row versions a query has looked at, and only the
-- query itself can tell. A function, because a condition with a variable of its own would stop the
-- server from merging views. in_end is null for a version that nothing has ended.
create or replace function note_version(
    in_row varchar(40) character set ascii,
    in_start bigint unsigned,
    in_end bigint unsigned,
    in_position bigint unsigned
)
returns boolean
not deterministic
no sql
begin
    set @vitrine_versions
        = concat(@vitrine_versions, in_row, ' ', in_start, ' ', coalesce(in_end, '-'), '\n');
    return in_start <= in_position and (in_end is null or in_end > in_position);
end;

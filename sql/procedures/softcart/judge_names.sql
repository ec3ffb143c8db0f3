-- purpose: finds the lines of told_name, an id and its name each, that can be loaded
-- reads: held_name, the names that ids have now, a temporary table as told_name is
-- writes: told_name.fault
-- Names may go from one id of the file to another; who keeps a name that another line wants has it.
create or replace procedure judge_names(in_id varchar(20), in_name varchar(20))
modifies sql data
begin
    update told_name
    set fault = case
            when id not regexp '^[0-9]{1,9}$'
                then concat(in_id, ': is not a whole number of 9 digits at most')
            when name = '' then concat(in_name, ': is blank')
            when name regexp '[[:cntrl:]]' then concat(in_name, ': has control characters')
            when char_length(name) > 100 then concat(in_name, ': is longer than 100 letters')
        end;

    update told_name t
    join (
        select cast(id as signed) as id, min(`row_number`) as first_row
        from told_name where fault is null
        group by cast(id as signed) having count(*) > 1
        order by null
    ) d on d.id = cast(t.id as signed)
    set t.fault = concat(in_id, ': was already given in line ', d.first_row)
    where t.fault is null and t.`row_number` <> d.first_row;

    update told_name t
    join (
        select name, min(`row_number`) as first_row
        from told_name where fault is null
        group by name having count(*) > 1
    ) d on d.name = t.name
    set t.fault = concat(in_name, ': was already given in line ', d.first_row)
    where t.fault is null and t.`row_number` <> d.first_row;

    -- A line that is refused keeps the name of its id, which another line may count on.
    repeat
        update told_name t
        join held_name h on h.name = t.name
        left join told_name o on o.fault is null and cast(o.id as signed) = h.id
        set t.fault = concat(in_name, ': another id has this name')
        where t.fault is null and o.`row_number` is null
            and h.id <> cast(t.id as signed);
    until row_count() = 0 end repeat;
end

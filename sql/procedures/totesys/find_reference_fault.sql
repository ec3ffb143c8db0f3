-- purpose: why an id that a file tells leads nowhere, as `column: reason`; null when it was found
create or replace function find_reference_fault(
    in_column varchar(64), in_found int, in_text varchar(500) character set utf8mb4)
returns varchar(200)
deterministic
no sql
return if(in_found is not null, null, concat(in_column, ': ', case
    when told(in_text) is null then 'is missing'
    when told(in_text) regexp '^0*[1-9][0-9]{0,8}([.]0*)?$'
        then 'there is none of this id, or it was refused'
    else 'is not a whole number above 0 of 9 digits at most'
end))

-- purpose: that a file tells no whole number, as `column: reason`; null when it does
create or replace function find_number_fault(in_column varchar(64), in_number int)
returns varchar(200)
deterministic
no sql
return if(
    in_number is null,
    concat(in_column, ': is not a whole number above 0 of 9 digits at most'),
    null
)

-- purpose: inches of a size like 15.6, 15.6 inch or 15.6"; null if it is none
create or replace function inches_of(in_text varchar(500)) returns decimal(5,2)
deterministic
no sql
return if(
    lower(trim(in_text)) regexp '^[0-9]{1,3}([.][0-9]{1,2})?( ?("|in|inch|inches))?$',
    cast(regexp_replace(in_text, '[^0-9.]', '') as decimal(5,2)),
    null
)

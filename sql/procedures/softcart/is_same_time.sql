-- purpose: whether two times of a sale are the same, as exactly as both are told; told_to is that
-- of softcart_sales
create or replace function is_same_time(
    in_told_to varchar(6), in_sold_at datetime(3), in_other_to varchar(6), in_other_at datetime(3))
returns boolean
deterministic
no sql
return case
    when 'none' in (in_told_to, in_other_to) then true
    when 'minute' in (in_told_to, in_other_to)
        then date_format(in_sold_at, '%Y-%m-%d %H:%i') = date_format(in_other_at, '%Y-%m-%d %H:%i')
    else in_sold_at = in_other_at
end

-- purpose: marks the changed orders of which a line goes or loses pieces as kept, for a reason
-- reads: clean_line
-- writes: changed_order
create or replace procedure keep_losers(in_reason varchar(200))
modifies sql data
begin
    update changed_order n
    straight_join (
        select distinct order_id from clean_line where quantity < old_quantity
    ) l on l.order_id = n.order_id
    set n.kept = coalesce(n.kept, in_reason);
end

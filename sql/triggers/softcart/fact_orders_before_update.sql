-- purpose: a new day of a fact is in dim_date
create or replace trigger fact_orders_before_update
before update on fact_orders for each row
if not new.date_id <=> old.date_id then
    call need_day(new.date_id);
end if

-- purpose: the day of a new fact is in dim_date; imports see to that for all their facts at once
create or replace trigger fact_ecommerce_before_insert
before insert on fact_ecommerce for each row
if @calendar_has_days is null then
    call need_day(new.date_id);
end if

-- purpose: leaves in clean_fact_orders the orders that are new or differ, after judge_fact_orders;
-- how many rows will be written
-- reads: fact_orders
-- writes: clean_fact_orders
create or replace procedure compare_fact_orders()
modifies sql data
begin
    delete c
    from clean_fact_orders c
    straight_join fact_orders f force index (primary) on f.order_id = c.order_id
    where (f.date_id, f.country_id, f.category_id, f.amount)
        = (c.date_id, c.country_id, c.category_id, c.amount);

    update clean_fact_orders c
    straight_join fact_orders f force index (primary) on f.order_id = c.order_id
    set c.is_new = false;

    select 'fact_orders' as table_name, count(*) as writing from clean_fact_orders;
end

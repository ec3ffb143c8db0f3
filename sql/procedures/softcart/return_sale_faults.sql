-- purpose: says in the staged lines why they are not loaded, after clean_sales
-- reads: told_sale
-- writes: staging_oltpdata, staging_sales_olddata, staging_sales_newdata, staging_sales
create or replace procedure return_sale_faults()
modifies sql data
begin
    update staging_oltpdata s
    straight_join told_sale t on t.source = 1 and t.`row_number` = s.`row_number`
    set s.fault = t.fault
    where t.fault is not null;

    update staging_sales_olddata s
    straight_join told_sale t on t.source = 2 and t.`row_number` = s.`row_number`
    set s.fault = t.fault
    where t.fault is not null;

    update staging_sales_newdata s
    straight_join told_sale t on t.source = 3 and t.`row_number` = s.`row_number`
    set s.fault = t.fault
    where t.fault is not null;

    update staging_sales s
    straight_join told_sale t on t.source = 4 and t.`row_number` = s.`row_number`
    set s.fault = t.fault
    where t.fault is not null;
end

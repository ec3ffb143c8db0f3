-- purpose: finds the lines of told_sale that can be loaded
-- writes: told_sale
-- Times come as 2020-12-31 23:59:59, without the seconds, or as 31/12/2020 23:59. A line without a
-- row id is told from others by its seconds; those of sales_olddata.csv, to the minute, are no :00.
create or replace procedure judge_sales()
modifies sql data
begin
    declare v_time varchar(50) default '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$';

    update told_sale
    set sold_at = concat(substring(sold_at, 7, 4), '-', substring(sold_at, 4, 2), '-',
        left(sold_at, 2), substring(sold_at, 11))
    where sold_at regexp concat('^[0-9]{2}/[0-9]{2}/[0-9]{4} ', v_time);

    update told_sale
    set sold_at = left(sold_at, 16)
    where source = 2 and sold_at regexp '^.{16}:00$';

    update told_sale
    set fault = case
            when row_id not regexp '^[0-9]{1,18}$' or cast(row_id as signed) = 0
                then 'rowid: is not a whole number above 0 of 18 digits at most'
            when product_id not regexp '^[0-9]{1,9}$'
                then 'product_id: is not a whole number of 9 digits at most'
            when customer_id not regexp '^[0-9]{1,9}$'
                then 'customer_id: is not a whole number of 9 digits at most'
            when price not regexp '^[0-9]+([.][0-9]{1,2})?$'
                then 'price: is not an amount with two decimals at most'
            when char_length(substring_index(price, '.', 1)) > 8
                then 'price: has more than 8 digits before the decimals'
            when quantity not regexp '^[0-9]{1,9}$' or cast(quantity as signed) = 0
                then 'quantity: is not a whole number above 0 of 9 digits at most'
            when sold_at not regexp concat('^[0-9]{4}-[0-9]{2}-[0-9]{2} ', v_time)
                then 'timestamp: is not a time like 2020-12-31 23:59:59 or 31/12/2020 23:59'
            when source = 1 and char_length(sold_at) = 16
                then 'timestamp: has no seconds, which tell a sale without a row id from others'
            when sold_at is not null
                then concat('timestamp: ', find_day_fault(
                    left(sold_at, 4), substring(sold_at, 6, 2), substring(sold_at, 9, 2)))
        end;

    -- Without a row id a sale that is cut here could not be corrected by the whole file.
    if find_in_set('oltpdata.csv', @import_unfinished) then
        update told_sale
        set fault = 'the file may be cut here: end this line by a line end, and import it again'
        where source = 1
        order by `row_number` desc
        limit 1;
    end if;
end

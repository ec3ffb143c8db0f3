-- purpose: reads and judges staged sales, after all that they refer to
-- reads: staging_sales_order, design, staff, counterparty, currency, address
-- writes: clean_sales_order, a temporary table; staging_sales_order.fault
create or replace procedure read_sales_order()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';
    declare v_amount varchar(60) default '^ *[0-9]{1,8}([.][0-9]{1,2})?(?= *$)';

    create or replace temporary table clean_sales_order (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.sales_order_id, v_id), '') as int) as sales_order_id,
        design.design_id,
        staff.staff_id,
        counterparty.counterparty_id,
        cast(nullif(regexp_substr(s.units_sold, v_id), '') as int) as units_sold,
        cast(
            nullif(regexp_substr(s.unit_price, v_amount), '') as decimal(12,2)
        ) as unit_price,
        currency.currency_id,
        told(s.agreed_delivery_date) as agreed_delivery_date,
        told(s.agreed_payment_date) as agreed_payment_date,
        place.address_id as agreed_delivery_location_id,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_sales_order as s
    left join design on design.design_id
        = cast(nullif(regexp_substr(s.design_id, v_id), '') as int)
    left join staff on staff.staff_id
        = cast(nullif(regexp_substr(s.staff_id, v_id), '') as int)
    left join counterparty on counterparty.counterparty_id
        = cast(nullif(regexp_substr(s.counterparty_id, v_id), '') as int)
    left join currency on currency.currency_id
        = cast(nullif(regexp_substr(s.currency_id, v_id), '') as int)
    left join address as place on place.address_id
        = cast(nullif(regexp_substr(s.agreed_delivery_location_id, v_id), '') as int);

    update staging_sales_order as s
    straight_join clean_sales_order as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('sales_order_id', c.sales_order_id),
            find_reference_fault('design_id', c.design_id, s.design_id),
            find_reference_fault('staff_id', c.staff_id, s.staff_id),
            find_reference_fault('counterparty_id', c.counterparty_id, s.counterparty_id),
            find_number_fault('units_sold', c.units_sold),
            if(c.unit_price is null,
                'unit_price: is not an amount of 8 digits and two decimals at most', null),
            find_reference_fault('currency_id', c.currency_id, s.currency_id),
            find_date_fault('agreed_delivery_date', c.agreed_delivery_date),
            find_date_fault('agreed_payment_date', c.agreed_payment_date),
            find_reference_fault(
                'agreed_delivery_location_id', c.agreed_delivery_location_id,
                s.agreed_delivery_location_id
            ),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

-- purpose: reads and judges staged types of payments
-- reads: staging_payment_type
-- writes: clean_payment_type, a temporary table; staging_payment_type.fault
create or replace procedure read_payment_type()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_payment_type (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.payment_type_id, v_id), '') as int) as payment_type_id,
        told(s.payment_type_name) as payment_type_name,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_payment_type as s;

    update staging_payment_type as s
    straight_join clean_payment_type as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('payment_type_id', c.payment_type_id),
            if(
                c.payment_type_name in (
                    'SALES_RECEIPT', 'SALES_REFUND', 'PURCHASE_PAYMENT', 'PURCHASE_REFUND'
                ),
                null, 'payment_type_name: is no type of a payment'
            ),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

-- purpose: reads and judges staged payments, after all that they refer to; no reason tells a value
-- reads: staging_payment, `transaction`, counterparty, currency, payment_type
-- writes: clean_payment, a temporary table; staging_payment.fault
create or replace procedure read_payment()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';
    declare v_amount varchar(60) default '^ *[0-9]{1,8}([.][0-9]{1,2})?(?= *$)';

    create or replace temporary table clean_payment (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.payment_id, v_id), '') as int) as payment_id,
        dealt.transaction_id,
        counterparty.counterparty_id,
        cast(
            nullif(regexp_substr(s.payment_amount, v_amount), '') as decimal(12,2)
        ) as payment_amount,
        currency.currency_id,
        payment_type.payment_type_id,
        case lower(told(s.paid))
            when 'true' then true when '1' then true when 'false' then false when '0' then false
        end as paid,
        told(s.payment_date) as payment_date,
        told(s.company_ac_number) as company_ac_number,
        told(s.counterparty_ac_number) as counterparty_ac_number,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_payment as s
    left join `transaction` as dealt on dealt.transaction_id
        = cast(nullif(regexp_substr(s.transaction_id, v_id), '') as int)
    left join counterparty on counterparty.counterparty_id
        = cast(nullif(regexp_substr(s.counterparty_id, v_id), '') as int)
    left join currency on currency.currency_id
        = cast(nullif(regexp_substr(s.currency_id, v_id), '') as int)
    left join payment_type on payment_type.payment_type_id
        = cast(nullif(regexp_substr(s.payment_type_id, v_id), '') as int);

    update staging_payment as s
    straight_join clean_payment as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('payment_id', c.payment_id),
            find_reference_fault('transaction_id', c.transaction_id, s.transaction_id),
            find_reference_fault('counterparty_id', c.counterparty_id, s.counterparty_id),
            if(c.payment_amount is null,
                'payment_amount: is not an amount of 8 digits and two decimals at most', null),
            find_reference_fault('currency_id', c.currency_id, s.currency_id),
            find_reference_fault('payment_type_id', c.payment_type_id, s.payment_type_id),
            if(c.paid is null, 'paid: is neither true nor false', null),
            find_date_fault('payment_date', c.payment_date),
            find_text_fault('company_ac_number', c.company_ac_number, 34),
            find_text_fault('counterparty_ac_number', c.counterparty_ac_number, 34),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

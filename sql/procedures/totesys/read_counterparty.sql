-- purpose: reads and judges staged counterparties, after the addresses
-- reads: staging_counterparty, address
-- writes: clean_counterparty, a temporary table; staging_counterparty.fault
create or replace procedure read_counterparty()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_counterparty (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.counterparty_id, v_id), '') as int) as counterparty_id,
        told(s.counterparty_legal_name) as counterparty_legal_name,
        address.address_id as legal_address_id,
        told(s.commercial_contact) as commercial_contact,
        told(s.delivery_contact) as delivery_contact,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_counterparty as s
    left join address on address.address_id
        = cast(nullif(regexp_substr(s.legal_address_id, v_id), '') as int);

    update staging_counterparty as s
    straight_join clean_counterparty as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('counterparty_id', c.counterparty_id),
            find_text_fault('counterparty_legal_name', c.counterparty_legal_name, 200),
            find_reference_fault('legal_address_id', c.legal_address_id, s.legal_address_id),
            find_text_fault('commercial_contact', coalesce(c.commercial_contact, '-'), 200),
            find_text_fault('delivery_contact', coalesce(c.delivery_contact, '-'), 200),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

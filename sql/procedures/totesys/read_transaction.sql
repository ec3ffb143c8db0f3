-- purpose: reads and judges staged transactions, after the orders
-- reads: staging_transaction, sales_order, purchase_order
-- writes: clean_transaction, a temporary table; staging_transaction.fault
create or replace procedure read_transaction()
modifies sql data
begin
    -- A whole number, perhaps written 2.0.
    declare v_id varchar(60) default '^ *0*[1-9][0-9]{0,8}(?=([.]0*)? *$)';

    create or replace temporary table clean_transaction (primary key (`row_number`))
    engine = Aria transactional = 0 as
    select
        s.`row_number`,
        cast(nullif(regexp_substr(s.transaction_id, v_id), '') as int) as transaction_id,
        told(s.transaction_type) as transaction_type,
        sale.sales_order_id,
        purchase.purchase_order_id,
        moment_of(told(s.created_at)) as created_at,
        moment_of(told(s.last_updated)) as last_updated
    from staging_transaction as s
    left join sales_order as sale on sale.sales_order_id
        = cast(nullif(regexp_substr(s.sales_order_id, v_id), '') as int)
    left join purchase_order as purchase on purchase.purchase_order_id
        = cast(nullif(regexp_substr(s.purchase_order_id, v_id), '') as int);

    update staging_transaction as s
    straight_join clean_transaction as c on c.`row_number` = s.`row_number`
    set s.fault = coalesce(
            find_number_fault('transaction_id', c.transaction_id),
            if(c.transaction_type in ('SALE', 'PURCHASE'),
                null, 'transaction_type: is neither SALE nor PURCHASE'),
            if(told(s.sales_order_id) is null and told(s.purchase_order_id) is null,
                'sales_order_id: there is neither a sale nor a purchase', null),
            if(told(s.sales_order_id) is not null and told(s.purchase_order_id) is not null,
                'sales_order_id: there are both a sale and a purchase', null),
            if((c.transaction_type = 'SALE') <> (told(s.sales_order_id) is not null),
                'transaction_type: is not that of the order', null),
            if(c.transaction_type = 'SALE' and c.sales_order_id is null,
                find_reference_fault('sales_order_id', null, s.sales_order_id), null),
            if(c.transaction_type = 'PURCHASE' and c.purchase_order_id is null,
                find_reference_fault('purchase_order_id', null, s.purchase_order_id), null),
            find_source_fault(c.created_at, c.last_updated)
        )
    where s.fault is null;
end

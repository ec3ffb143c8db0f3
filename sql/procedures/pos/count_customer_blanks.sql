-- purpose: counts the customers that would lose an e-mail, a second street or a birth date to a
-- blank, before import_customers: of many at once the file is wrong, and the import stops
-- reads: staging_customer, customer
create or replace procedure count_customer_blanks()
reads sql data
begin
    select
        'customers.csv' as file,
        coalesce(sum(
            (trim(s.email) = '' and c.email is not null)
            or (trim(s.street2) = '' and c.address2 is not null)
            or (trim(s.birthdate) = '' and c.birthdate is not null)
        ), 0) as losing,
        count(*) as concerned
    from staging_customer s
    straight_join customer c on c.customer_id = cast(s.id as signed)
    where s.fault is null;
end

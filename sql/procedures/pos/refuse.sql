-- purpose: end a statement with one of the shop's signals, see docs/reference/signals.md
-- Its field is the argument or column that is wrong, and about the row that is meant, as
-- product_id = 7; null where there is none. GraphQL tells both.
create or replace procedure refuse(
    in_number int, in_message varchar(128), in_field varchar(64), in_about varchar(64))
contains sql
begin
    declare v_field varchar(64) default coalesce(in_field, '');
    declare v_about varchar(64) default coalesce(in_about, '');

    signal sqlstate '45000' set mysql_errno = in_number, message_text = in_message,
        column_name = v_field, constraint_name = v_about;
end

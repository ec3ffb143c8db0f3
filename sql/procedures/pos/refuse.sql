-- purpose: end a statement with one of the shop's signals, see docs/reference/signals.md
create or replace procedure refuse(in_number int, in_message varchar(128))
contains sql
begin
    signal sqlstate '45000' set mysql_errno = in_number, message_text = in_message;
end

-- purpose: ends the statement of a thread that offers it, also inside a procedure
-- reads: nothing
-- Inside a procedure a thread belongs to the procedure's owner, and whoever called it may not end
-- it (error 1095). This one has that owner's rights too, so it ends no others: a thread offers its
-- statements by holding the lock of its own number, which nobody can hold for it.
create or replace procedure vitrine_end_statement(in in_thread bigint unsigned)
modifies sql data
begin
    if is_used_lock(concat('vitrine_thread_', in_thread)) = in_thread then
        kill query in_thread;
    end if;
end;

-- The mirror gives a receipt for each batch, and knows its latest ones. The newest that was
-- acknowledged is kept here: a mirror that does not know it has lost what it was given for.

alter table vitrine_state
    -- Number of the write in its collection, then the last 20 bits of its position; 0: none yet.
    add column if not exists receipt bigint unsigned not null default 0;

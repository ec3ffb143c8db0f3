-- The receipt of the newest write is kept no more: a restore of either store is done with loaders
-- stopped. A loader of the release before fails at this column, and acknowledges nothing.

alter table vitrine_state
    drop column if exists receipt;

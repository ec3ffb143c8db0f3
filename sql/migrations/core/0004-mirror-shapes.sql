-- A model's shape may change while readers and writers go on: what is in which collection of the
-- mirror, so that each reader finds what it understands.

alter table vitrine_state
    -- Where loaders of the recorded shape write: named as the model at first; a change of shape
    -- that is more than fields added begins the next, `<model>.2`. None is ever used again.
    add column if not exists collection varchar(80) not null default (model),
    -- What shape_hash is the hash of: format, key and fields, as JSON. Null: recorded by an
    -- earlier version.
    add column if not exists shape longtext null,
    -- While a rebuild adds fields: what every document has all the while. Null: all of `shape`.
    add column if not exists held_shape longtext null,
    -- While a collection is built beside: the one before. Nobody writes it any more.
    add column if not exists former_collection varchar(80) null,
    -- What its documents have.
    add column if not exists former_shape longtext null,
    -- Its `complete`.
    add column if not exists former_complete bigint unsigned null,
    -- The moment before which everything is in it.
    add column if not exists former_as_of datetime(6) null;

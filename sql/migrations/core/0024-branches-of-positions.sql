-- Which server counts positions, and where its count branched off another's.

alter table vitrine_position
    -- Who counts: a replica that takes over is another one, and may lack what its primary had given.
    -- Null: nobody has counted since this column is there.
    add column if not exists server varchar(255) null,
    -- JSON, newest first: the lives that this one goes on from. Of each its name, and the last
    -- position of it that is known here (text); null: what it gave means nothing here.
    add column if not exists branches varchar(2000) character set ascii collate ascii_bin
        not null default '[]';

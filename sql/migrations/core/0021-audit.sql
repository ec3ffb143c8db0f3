-- Who called which procedure that writes: every call by GraphQL of a principal that has a role.
-- The row of a call that succeeded commits with what it did; its writer can neither change nor
-- delete it.
create table if not exists vitrine_audit (
    audit_id bigint unsigned not null auto_increment,
    called_at datetime(3) not null default (utc_timestamp(3)),
    -- the name of a key, or the subject of a token
    principal varchar(255) not null,
    role varchar(64) not null,
    -- of the request: its log line has it too
    request_id char(36) character set ascii collate ascii_bin not null,
    -- as its document names it; null: it does not
    operation varchar(255) null,
    -- SHA-256 of the document's text
    document_hash char(64) character set ascii collate ascii_bin null,
    procedure_name varchar(64) character set ascii collate ascii_bin not null,
    -- JSON without values of personal fields
    arguments varchar(4000) not null,
    -- what it answered, likewise; null: it did not succeed
    result varchar(4000) null,
    outcome enum('succeeded', 'refused', 'failed', 'unknown') not null,
    -- of the error that the client was told
    code varchar(64) character set ascii collate ascii_bin null,
    primary key (audit_id),
    -- for: the latest calls, and dropping those of long ago
    key vitrine_audit_called_at_ix (called_at),
    -- for: the latest calls of one principal
    key vitrine_audit_principal_ix (principal, called_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

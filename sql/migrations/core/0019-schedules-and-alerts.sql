-- What is run by the calendar, and what its operators were told.

-- How far each schedule is; a row from the first time that somebody keeps it.
create table if not exists vitrine_schedule (
    schedule varchar(40) character set ascii collate ascii_bin not null,
    seen_at datetime(3) not null default (utc_timestamp(3)),
    -- what was due up to here has been run
    handled_at datetime(3) not null default (utc_timestamp(3)),
    -- end of the latest run that succeeded
    succeeded_at datetime(3) null,
    -- of the latest run; null: there was none yet
    exit_code int null,
    primary key (schedule)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- Alerts that were raised, and whether their receiver knows. One that is over is kept for a while.
create table if not exists vitrine_alert (
    alert_id bigint unsigned not null auto_increment,
    kind varchar(32) character set ascii collate ascii_bin not null,
    -- the model, the run, the schedule
    subject varchar(320) not null,
    message varchar(2000) not null,
    raised_at datetime(3) not null default (utc_timestamp(3)),
    -- when the receiver took it
    raise_told_at datetime(3) null,
    -- null while it goes on
    over_at datetime(3) null,
    over_told_at datetime(3) null,
    -- one at a time of each kind and subject
    raised_once tinyint unsigned generated always as (if(over_at is null, 1, null)) stored,
    primary key (alert_id),
    unique key vitrine_alert_raised_once_uk (kind, subject, raised_once),
    -- for: what the receiver is still to be told
    key vitrine_alert_over_told_at_ix (over_told_at, alert_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

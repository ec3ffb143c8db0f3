-- Questions to cubes that no roll-up covered, by kind and day: what would be worth keeping ready.
-- Written aside of answers, by whoever answers; of a week, and of a bounded number of kinds.
create table if not exists vitrine_cube_question (
    asked_on date not null,
    -- of the cube and the question
    question_hash char(32) character set ascii collate ascii_bin not null,
    cube varchar(64) character set ascii collate ascii_bin not null,
    -- what was asked, without values
    question varchar(2000) not null,
    -- the roll-up that would cover it, as a cube declares one (JSON); null: there is none
    roll_up varchar(2000) null,
    -- why there is none
    reason varchar(1000) null,
    asked int unsigned not null,
    total_ms bigint unsigned not null,
    longest_ms int unsigned not null,
    primary key (asked_on, question_hash)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

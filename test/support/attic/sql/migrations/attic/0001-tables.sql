-- purpose: tables with the keys and types that other people's schemas have, and no shop

create table if not exists employee (
    emp_no int unsigned not null primary key,
    name varchar(40) character set latin1 collate latin1_swedish_ci not null
) engine = InnoDB;

create table if not exists salary (
    emp_no int unsigned not null,
    from_date date not null,
    amount decimal(10,2) not null,
    primary key (emp_no, from_date),
    constraint salary_emp_no_fk foreign key (emp_no) references employee (emp_no)
) engine = InnoDB;

create table if not exists label (
    kind enum('shelf', 'box', 'a~b') character set utf8mb4 collate utf8mb4_general_ci not null,
    name varchar(60) character set utf8mb4 collate utf8mb4_general_ci not null,
    valid_from datetime(3) not null,
    note varchar(20) null,
    primary key (kind, name, valid_from)
) engine = InnoDB;

create table if not exists ledger (
    id bigint unsigned not null primary key,
    amount bigint unsigned not null,
    label_kind enum('shelf', 'box', 'a~b') character set utf8mb4 collate utf8mb4_general_ci null,
    label_name varchar(60) character set utf8mb4 collate utf8mb4_general_ci null,
    label_from datetime(3) null,
    key ledger_label_ix (label_kind, label_name, label_from),
    constraint ledger_label_fk foreign key (label_kind, label_name, label_from)
        references label (kind, name, valid_from) on update cascade on delete set null
) engine = InnoDB;

create table if not exists device (
    id uuid not null primary key,
    made year null,
    is_on tinyint(1) not null,
    is_lent bit(1) null,
    flags bit(12) not null,
    mask bit(64) not null,
    seen datetime(6) null,
    woken time(3) null,
    address inet6 null,
    address_4 inet4 null,
    colours set('red', 'green', 'deep blue') null,
    state enum('on', 'off', 'Lost') not null,
    place point null,
    photo blob null,
    digest binary(4) null,
    settings json null,
    counted bigint unsigned not null,
    total decimal(40,2) null,
    key device_state_ix (state),
    key device_colours_ix (colours)
) engine = InnoDB;

create table if not exists 地图 (
    编号 int not null,
    layer tinyint unsigned not null,
    名字 varchar(20) null,
    größe int null,
    primary key (编号, layer)
) engine = InnoDB;

create table if not exists `MixedCase` (
    `ID` smallint not null primary key,
    `Column1` varchar(10) null, `Column2` varchar(10) null, `Column3` varchar(10) null,
    `Column4` varchar(10) null, `Column5` varchar(10) null, `Column6` varchar(10) null,
    `Column7` varchar(10) null, `Column8` varchar(10) null, `Column9` varchar(10) null,
    `Column10` varchar(10) null, `Column11` varchar(10) null, `Column12` varchar(10) null,
    `Column13` varchar(10) null, `Column14` varchar(10) null, `Column15` varchar(10) null,
    `Column16` varchar(10) null, `Column17` varchar(10) null, `Column18` varchar(10) null,
    `Column19` varchar(10) null, `Column20` varchar(10) null, `Column21` varchar(10) null,
    `Column22` varchar(10) null, `Column23` varchar(10) null, `Column24` varchar(10) null,
    `Column25` varchar(10) null, `Column26` varchar(10) null, `Column27` varchar(10) null,
    `Column28` varchar(10) null, `Column29` varchar(10) null, `Column30` varchar(10) null,
    `Column31` varchar(10) null, `Column32` varchar(10) null, `Column33` varchar(10) null,
    `Column34` varchar(10) null, `Column35` varchar(10) null, `Column36` varchar(10) null,
    `Column37` varchar(10) null, `Column38` varchar(10) null, `Column39` varchar(10) null,
    `Column40` varchar(10) null, `Column41` varchar(10) null, `Column42` varchar(10) null,
    `Column43` varchar(10) null, `Column44` varchar(10) null, `Column45` varchar(10) null,
    `Column46` varchar(10) null, `Column47` varchar(10) null, `Column48` varchar(10) null,
    `Column49` varchar(10) null, `Column50` varchar(10) null, `Column51` varchar(10) null,
    `Column52` varchar(10) null, `Column53` varchar(10) null, `Column54` varchar(10) null,
    `Column55` varchar(10) null, `Column56` varchar(10) null, `Column57` varchar(10) null,
    `Column58` varchar(10) null, `Column59` varchar(10) null, `Column60` varchar(10) null,
    `Column61` varchar(10) null, `Column62` varchar(10) null, `Column63` varchar(10) null,
    `Column64` varchar(10) null, `Column65` varchar(10) null, `Column66` varchar(10) null,
    `Column67` varchar(10) null, `Column68` varchar(10) null, `Column69` varchar(10) null,
    `Column70` varchar(10) null, `Column71` varchar(10) null, `Column72` varchar(10) null,
    `Column73` varchar(10) null, `Column74` varchar(10) null, `Column75` varchar(10) null,
    `Column76` varchar(10) null, `Column77` varchar(10) null, `Column78` varchar(10) null,
    `Column79` varchar(10) null, `Column80` varchar(10) null, `Column81` varchar(10) null,
    `Column82` varchar(10) null, `Column83` varchar(10) null, `Column84` varchar(10) null,
    `Column85` varchar(10) null, `Column86` varchar(10) null, `Column87` varchar(10) null,
    `Column88` varchar(10) null, `Column89` varchar(10) null, `Column90` varchar(10) null,
    `Column91` varchar(10) null, `Column92` varchar(10) null, `Column93` varchar(10) null,
    `Column94` varchar(10) null, `Column95` varchar(10) null, `Column96` varchar(10) null,
    `Column97` varchar(10) null, `Column98` varchar(10) null, `Column99` varchar(10) null,
    `Column100` varchar(10) null, `Column101` varchar(10) null, `Column102` varchar(10) null,
    `Column103` varchar(10) null, `Column104` varchar(10) null, `Column105` varchar(10) null,
    `Column106` varchar(10) null, `Column107` varchar(10) null, `Column108` varchar(10) null,
    `Column109` varchar(10) null, `Column110` varchar(10) null, `Column111` varchar(10) null,
    `Column112` varchar(10) null, `Column113` varchar(10) null, `Column114` varchar(10) null,
    `Column115` varchar(10) null, `Column116` varchar(10) null, `Column117` varchar(10) null,
    `Column118` varchar(10) null, `Column119` varchar(10) null
) engine = InnoDB;

create table if not exists long_key (
    name varchar(768) character set utf8mb4 not null primary key,
    n int not null
) engine = InnoDB;

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

-- A garden: beds, gardeners, plants, harvests. Foreign keys, one to the table itself, columns that
-- may be null, keys of two columns, text of several collations, generated columns, types that a log
-- does not hold exactly.
create table if not exists bed (
    bed_id int not null primary key,
    name varchar(10) not null,
    kind varchar(10) collate utf8mb4_general_ci not null,
    sun int null,
    area decimal(6,2) not null,
    made date null,
    key bed_kind_ix (kind)
);
create table if not exists gardener (
    gardener_id int not null primary key,
    name varchar(10) not null,
    nick varchar(10) collate utf8mb4_general_ci null,
    boss_id int null,
    bed_id int null,
    born date null,
    foreign key (boss_id) references gardener (gardener_id),
    foreign key (bed_id) references bed (bed_id)
);
create table if not exists plant (
    plant_id int not null primary key,
    bed_id int not null,
    gardener_id int null,
    species varchar(10) not null,
    label varchar(10) collate utf8mb4_general_ci null,
    height int not null,
    width int null,
    planted datetime(3) not null,
    seen timestamp(3) not null default '2024-01-01 00:00:00',
    size int generated always as (height * coalesce(width, 1)) stored,
    month char(7) generated always as (left(cast(planted as char), 7)) stored,
    foreign key (bed_id) references bed (bed_id),
    foreign key (gardener_id) references gardener (gardener_id),
    key plant_species_ix (species),
    key plant_month_ix (month)
);
create table if not exists harvest (
    plant_id int not null,
    day date not null,
    kilos decimal(6,2) not null,
    price decimal(6,2) null,
    grade varchar(5) null,
    gardener_id int null,
    worth decimal(12,4) generated always as (kilos * price) stored,
    primary key (plant_id, day),
    foreign key (plant_id) references plant (plant_id),
    foreign key (gardener_id) references gardener (gardener_id)
);
create table if not exists species (
    species varchar(10) not null primary key,
    family varchar(10) collate utf8mb4_general_ci not null,
    hardy tinyint(1) not null
);
create table if not exists tag (
    code varchar(5) collate utf8mb4_general_ci not null primary key,
    title varchar(10) not null
);
create table if not exists plant_tag (
    plant_id int not null,
    code varchar(5) collate utf8mb4_general_ci not null,
    rank_no int not null,
    tag_key bigint generated always as (plant_id * 1000 + rank_no) stored,
    primary key (plant_id, code),
    foreign key (plant_id) references plant (plant_id),
    foreign key (code) references tag (code)
);
create table if not exists sign (
    sign_id bigint unsigned not null primary key,
    bed_text varchar(5) null,
    place varchar(5) character set latin1 collate latin1_swedish_ci null,
    weight double not null,
    seen timestamp(3) not null default '2024-01-01 00:00:00',
    colour enum('red', 'blue') not null default 'red',
    unique key sign_place_uk (place)
);

import type { Queryable } from "../../src/stores/mariadb/mariadb.ts";

/**
 * Somebody else's database, which is nothing like the shop: plural names, columns called `id`, keys of text and without a
 * sign, composite ones, foreign keys that cascade through three levels, a table that refers to itself, triggers of its
 * own, a table without a key and one of MyISAM.
 */
const tables = `
create table countries (code char(2) not null primary key, name varchar(60) not null);
create table ports (
  id int unsigned not null auto_increment primary key, country_code char(2) not null, name varchar(60) not null,
  foreign key (country_code) references countries (code)
);
create table berths (
  id int unsigned not null auto_increment primary key, port_id int unsigned not null, label varchar(10) not null,
  unique key (port_id, label), foreign key (port_id) references ports (id) on delete cascade
);
create table shipping_lines (id bigint unsigned not null auto_increment primary key, name varchar(60) not null);
create table ships (
  imo int not null primary key, line_id bigint unsigned not null, name varchar(60) not null, built year,
  flag char(2) null, foreign key (line_id) references shipping_lines (id),
  foreign key (flag) references countries (code)
) comment 'Every ship that has called here';
create table crew_members (id int not null primary key, name varchar(60) not null, born date null);
create table ship_crew (
  ship_imo int not null, member_id int not null, duty varchar(20) not null, primary key (ship_imo, member_id),
  foreign key (ship_imo) references ships (imo) on delete cascade,
  foreign key (member_id) references crew_members (id) on delete cascade
);
create table voyages (
  id int not null auto_increment primary key, ship_imo int not null, from_port int unsigned not null,
  to_port int unsigned not null, departs datetime(6) not null,
  status enum('planned', 'under way', 'arrived') not null default 'planned',
  foreign key (ship_imo) references ships (imo), foreign key (from_port) references ports (id),
  foreign key (to_port) references ports (id)
);
create table port_calls (
  id int not null auto_increment primary key, voyage_id int not null, berth_id int unsigned null,
  arrived datetime null, foreign key (voyage_id) references voyages (id) on delete cascade,
  foreign key (berth_id) references berths (id) on delete set null
);
create table customers (
  code varchar(12) not null primary key, name varchar(60) not null, parent_code varchar(12) null,
  foreign key (parent_code) references customers (code) on delete cascade
);
create table bookings (
  id int not null auto_increment primary key, voyage_id int not null, customer_code varchar(12) not null,
  weight_t decimal(9,3) not null, booked_on date not null,
  foreign key (voyage_id) references voyages (id) on delete cascade,
  foreign key (customer_code) references customers (code) on update cascade
);
create table containers (
  id char(11) not null primary key, booking_id int not null, kind enum('dry', 'reefer', 'tank') not null,
  tare_kg int unsigned not null, events int not null default 0,
  foreign key (booking_id) references bookings (id) on delete cascade
);
create table container_events (
  id bigint not null auto_increment primary key, container_id char(11) not null, happened timestamp(3) not null,
  what varchar(40) not null,
  foreign key (container_id) references containers (id) on delete cascade on update cascade
);
create table tariffs (
  line_id bigint unsigned not null, kind varchar(10) not null, valid_from date not null,
  price decimal(10,2) not null, primary key (line_id, kind, valid_from),
  foreign key (line_id) references shipping_lines (id)
);
create table audit_trail (at datetime not null, what varchar(100) not null);
create table legacy_notes (id int not null primary key, note text) engine = MyISAM;
`;

const triggers = [
  `create trigger booking_changed after update on bookings for each row
  insert into audit_trail values (utc_timestamp(), concat('booking ', new.id))`,
  `create trigger event_counted after insert on container_events for each row
  update containers set events = events + 1 where id = new.container_id`,
  `create trigger voyage_gone before delete on voyages for each row
  insert into audit_trail values (utc_timestamp(), concat('voyage ', old.id))`,
];

/** About 40,000 rows, the same each time. */
const rows = `
insert into countries select concat(char(65 + seq div 5), char(65 + seq % 5)), concat('Country ', seq) from seq_0_to_19;
insert into ports select seq, concat(char(65 + (seq % 20) div 5), char(65 + seq % 5)), concat('Port ', seq) from seq_1_to_60;
insert into berths select seq, 1 + seq % 60, concat('B', seq div 60) from seq_1_to_300;
insert into shipping_lines select seq, concat('Line ', seq) from seq_1_to_12;
insert into ships select 9000000 + seq, 1 + seq % 12, concat('MV ', seq), 1980 + seq % 40, if(seq % 7 = 0, null, 'AA')
  from seq_1_to_120;
insert into crew_members select seq, concat('Sailor ', seq), if(seq % 9 = 0, null, '1970-01-01' + interval seq day)
  from seq_1_to_600;
insert into ship_crew select 9000001 + seq % 120, 1 + (seq * 7) % 600, if(seq % 3 = 0, 'deck', 'engine') from seq_1_to_600;
insert into voyages select seq, 9000001 + seq % 120, 1 + seq % 60, 1 + (seq + 7) % 60,
  '2024-01-01 08:00:00.123456' + interval seq hour, 1 + seq % 3 from seq_1_to_1200;
insert into port_calls select seq, 1 + seq % 1200, if(seq % 11 = 0, null, 1 + seq % 300), '2024-01-02' + interval seq hour
  from seq_1_to_3600;
insert into customers select concat('C', lpad(seq, 4, '0')), concat('Customer ', seq),
  elt(1 + (seq - 1) % 10, null, concat('C', lpad(seq - 1, 4, '0')), concat('C', lpad(seq - 2, 4, '0')),
    concat('C', lpad(seq - 2, 4, '0')), concat('C', lpad(seq - 1, 4, '0')), concat('C', lpad(seq - 3, 4, '0')),
    concat('C', lpad(seq - 4, 4, '0')), concat('C', lpad(seq - 5, 4, '0')), concat('C', lpad(seq - 8, 4, '0')),
    concat('C', lpad(seq - 9, 4, '0'))) from seq_1_to_500;
insert into bookings select seq, 1 + seq % 1200, concat('C', lpad(1 + seq % 500, 4, '0')), seq % 400 / 8,
  '2024-01-01' + interval seq % 300 day from seq_1_to_6000;
insert into containers select concat('MSKU', lpad(seq, 7, '0')), 1 + seq % 6000, 1 + seq % 3, 2000 + seq % 900, 0
  from seq_1_to_9000;
insert into container_events select seq, concat('MSKU', lpad(1 + seq % 9000, 7, '0')),
  '2024-02-01' + interval seq minute, if(seq % 2, 'loaded', 'moved') from seq_1_to_18000;
insert into tariffs select 1 + seq % 12, elt(1 + seq % 3, 'dry', 'reefer', 'tank'), '2024-01-01' + interval seq day, 100 + seq
  from seq_1_to_100;
insert into legacy_notes values (1, 'kept');
`;

/** Makes the tables with their triggers, and their rows unless they are to be empty, in an empty database. */
export async function buildHarbour(admin: Queryable, { empty = false } = {}): Promise<void> {
  await admin.query(tables);
  if (!empty) await admin.query(rows);
  for (const trigger of triggers) await admin.query(trigger);
}

/** A house of rooms, the lamps in them and their bulbs; rooms lie in rooms. Nobody but foreign keys follows. */
export const cascadingTables = `
create table house (house_id int primary key, number int not null unique);
create table room (
  room_id int primary key, house_id int null, number int null, within int null, label varchar(10) not null default 'r',
  constraint room_house_fk foreign key (house_id) references house (house_id) on delete cascade,
  constraint room_number_fk foreign key (number) references house (number) on update cascade,
  constraint room_within_fk foreign key (within) references room (room_id) on delete cascade
);
create table lamp (
  lamp_id int primary key, room_id int null, number int null, twin int null,
  constraint lamp_room_fk foreign key (room_id) references room (room_id) on delete cascade on update cascade,
  constraint lamp_number_fk foreign key (number) references house (number) on delete set null on update set null,
  constraint lamp_twin_fk foreign key (twin) references lamp (lamp_id) on delete set null
);
create table bulb (
  room_id int null, lamp_id int not null, place int not null, watts int not null, primary key (lamp_id, place),
  constraint bulb_lamp_fk foreign key (lamp_id) references lamp (lamp_id) on delete cascade on update cascade,
  constraint bulb_room_fk foreign key (room_id) references room (room_id) on delete set null on update cascade
);
`;

/** Documents that hold what cascades change, by the row itself and by rows that refer to it. */
export const cascadingViews: Readonly<Record<string, string>> = {
  houses: `select house.house_id, house.number,
    coalesce((select json_arrayagg(room.room_id order by room.room_id) from room
      where room.house_id = house.house_id), json_array()) as rooms,
    (select count(*) from lamp where lamp.number = house.number) as lamps from house`,
  rooms: `select room.room_id, room.number,
    coalesce((select json_arrayagg(lamp.lamp_id order by lamp.lamp_id) from lamp
      where lamp.room_id = room.room_id), json_array()) as lamps,
    (select count(*) from room as inner_room where inner_room.within = room.room_id) as inside,
    coalesce((select sum(bulb.lamp_id) from bulb where bulb.room_id = room.room_id), 0) as bulbs from room`,
  lamps: `select lamp.lamp_id, lamp.number, lamp.room_id, lamp.twin,
    coalesce((select sum(bulb.watts) from bulb where bulb.lamp_id = lamp.lamp_id), 0) as watts from lamp`,
};

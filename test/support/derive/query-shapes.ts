import { type Shape, shape } from "./shape.ts";

const bed = "select b.bed_id as document_id, b.name,";

export const queryShapes: readonly Shape[] = [
  shape(
    "a count",
    "precise",
    `${bed} (select count(*) from plant p where p.bed_id = b.bed_id) as n from bed b`,
  ),
  shape(
    "the first row of an order",
    "precise",
    `${bed} (select p.species from plant p where p.bed_id = b.bed_id order by p.height, p.plant_id limit 1) as x from bed b`,
  ),
  shape(
    "a list within a list",
    "precise",
    `${bed} (select json_arrayagg(json_object('p', p.plant_id, 'h', (select json_arrayagg(h.kilos order by h.day)
      from harvest h where h.plant_id = p.plant_id)) order by p.plant_id) from plant p where p.bed_id = b.bed_id) as x
      from bed b`,
  ),
  shape(
    "EXISTS",
    "precise",
    "select b.bed_id as document_id, b.name from bed b where exists (select 1 from plant p where p.bed_id = b.bed_id and p.height > 1)",
  ),
  shape(
    "NOT EXISTS",
    "precise",
    "select b.bed_id as document_id, b.name from bed b where not exists (select 1 from plant p where p.bed_id = b.bed_id and p.height > 1)",
  ),
  shape(
    "IN",
    "precise",
    "select b.bed_id as document_id, b.name from bed b where b.bed_id in (select p.bed_id from plant p where p.height > 1)",
  ),
  shape(
    "IN that links what follows",
    "precise",
    `select b.bed_id as document_id, b.name from bed b where b.bed_id in
      (select g.bed_id from gardener g join plant p on p.gardener_id = g.gardener_id where p.height > 1)`,
  ),
  shape(
    "NOT IN without nulls",
    "precise",
    "select b.bed_id as document_id, b.name from bed b where b.bed_id not in (select p.bed_id from plant p where p.height > 1)",
  ),
  shape(
    "NOT IN with nulls",
    "every",
    "select b.bed_id as document_id, b.name from bed b where b.bed_id not in (select g.bed_id from gardener g)",
    { needs: "nullsUndoIn" },
  ),
  shape("IN as a value", "precise", `${bed} b.bed_id in (select p.bed_id from plant p) as x from bed b`),
  shape(
    "IN as a value, with nulls",
    "every",
    `${bed} b.sun in (select p.height from plant p) as x from bed b`,
  ),
  shape(
    "EXISTS as a value",
    "precise",
    `${bed} exists (select 1 from plant p where p.bed_id = b.bed_id) as x from bed b`,
  ),
  shape(
    "an aggregate that always exists",
    "every",
    `select b.bed_id as document_id, g.name from bed b join gardener g
      where exists (select count(*) from plant p where p.bed_id = b.bed_id and p.gardener_id = g.gardener_id)`,
    { needs: "aggregateIsAlwaysThere" },
  ),
  shape(
    "a sub-query that compares what stands around it",
    "every",
    `select b.bed_id as document_id, g.gardener_id, (select count(*) from plant p
      where p.bed_id = b.bed_id and b.bed_id = g.bed_id) as n from bed b join gardener g`,
    { needs: "queryLinksInside" },
  ),
  shape(
    "what equals the first row",
    "every",
    "select b.bed_id as document_id, b.name from bed b where b.sun = (select p.height from plant p order by p.species, p.plant_id limit 1)",
    { needs: "scalarIsNoJoin" },
  ),
  shape(
    "what equals the largest",
    "precise",
    `select p.plant_id as document_id, p.height from plant p
      where p.height = (select max(q.height) from plant q where q.bed_id = p.bed_id)`,
  ),
  shape(
    "more than all",
    "every",
    "select b.bed_id as document_id, b.name from bed b where b.sun > all (select p.height from plant p)",
  ),
  shape(
    "more than any",
    "precise",
    "select b.bed_id as document_id, b.name from bed b where b.sun > any (select p.height from plant p where p.bed_id = b.bed_id)",
  ),
  shape(
    "a sub-query after ON",
    "precise",
    `select b.bed_id as document_id, p.plant_id from bed b left join plant p on p.bed_id = b.bed_id
      and p.height = (select max(q.height) from plant q where q.bed_id = b.bed_id)`,
  ),
  shape(
    "EXISTS after the ON of a left join",
    "precise",
    `select b.bed_id as document_id, p.plant_id from bed b left join plant p on p.bed_id = b.bed_id
      and exists (select 1 from harvest h where h.plant_id = p.plant_id and h.kilos > 1)`,
  ),
  shape(
    "a sub-query of a left join",
    "precise",
    `select p.plant_id as document_id, (select max(h.kilos) from harvest h where h.gardener_id = g.gardener_id) as x
      from plant p left join gardener g on g.gardener_id = p.gardener_id`,
  ),
  shape(
    "IN of two columns",
    "precise",
    `select p.plant_id as document_id, p.height from plant p
      where (p.plant_id, p.height) in (select h.plant_id, h.kilos from harvest h)`,
  ),
  shape(
    "NOT IN of two columns, one with nulls",
    "every",
    `select p.plant_id as document_id, p.height from plant p
      where (p.plant_id, p.gardener_id) not in (select h.plant_id, h.gardener_id from harvest h)`,
  ),
  shape(
    "IN of a union",
    "precise",
    `select b.bed_id as document_id, b.name from bed b where b.bed_id in
      (select p.bed_id from plant p where p.height > 1 union select g.bed_id from gardener g)`,
  ),
  shape(
    "IN of groups",
    "precise",
    `select b.bed_id as document_id, b.name from bed b where b.bed_id in
      (select p.bed_id from plant p group by p.bed_id having count(*) > 1)`,
  ),
  shape(
    "EXISTS with an aggregate and HAVING",
    "precise",
    `select b.bed_id as document_id, b.name from bed b where exists
      (select 1 from plant p where p.bed_id = b.bed_id having count(*) > 1)`,
  ),
  shape(
    "EXISTS or a value",
    "precise",
    `select b.bed_id as document_id, b.name from bed b where b.sun = 1 or exists
      (select 1 from plant p where p.bed_id = b.bed_id and p.height > 1)`,
  ),
  shape(
    "a sub-query of two levels",
    "precise",
    `${bed} (select count(*) from plant p where p.bed_id = b.bed_id and exists
      (select 1 from harvest h where h.plant_id = p.plant_id and h.kilos > b.area)) as n from bed b`,
  ),
  shape("a sub-query of everything", "every", `${bed} (select max(p.height) from plant p) as n from bed b`),
  shape(
    "a sub-query by an earlier date",
    "scan",
    "select h.plant_id as document_id, h.day, (select sum(e.kilos) from harvest e where e.day <= h.day) as x from harvest h",
  ),
  shape(
    "a running sum",
    "precise",
    `select h.plant_id * 100 + dayofmonth(h.day) as document_id, (select sum(e.worth) from harvest e
      where e.plant_id = h.plant_id and e.day <= h.day) as x from harvest h`,
  ),
  shape("generated columns", "precise", "select plant_id as document_id, size, month from plant", {
    needs: "generatedSources",
  }),
  shape(
    "an id that is generated",
    "precise",
    "select t.tag_key as document_id, g.title from plant_tag t join tag g on g.code = t.code",
  ),
  shape(
    "rows that no table holds",
    "every",
    `select k.kind as document_id, (select count(*) from bed b where b.kind = k.kind) as n
      from (select 'a' as kind union all select 'b') as k`,
  ),
  shape(
    "one document of everything",
    "every",
    "select 'all' as document_id, count(*) as n, max(height) as h from plant",
  ),
  shape(
    "a view beneath, of which a column is not used",
    "precise",
    "select b.bed_id as document_id, u.n from bed b left join bed_use u on u.bed_id = b.bed_id",
    { beneath: { bed_use: "select bed_id, count(*) as n, max(height) as h from plant group by bed_id" } },
  ),
  shape(
    "views beneath views",
    "precise",
    "select g.gardener_id as document_id, g.name, v.kilos, v.worst from gardener g join gardener_harvest v on v.gardener_id = g.gardener_id",
    {
      beneath: {
        plant_harvest:
          "select p.plant_id, p.gardener_id, h.kilos from plant p join harvest h on h.plant_id = p.plant_id",
        gardener_harvest:
          "select gardener_id, sum(kilos) as kilos, min(kilos) as worst from plant_harvest group by gardener_id",
      },
    },
  ),
];

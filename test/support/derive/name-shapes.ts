import { type Shape, shape } from "./shape.ts";

const bed = "select b.bed_id as document_id, b.name,";

/** Names of WITH that are also those of tables, or of another WITH. */
export const nameShapes: readonly Shape[] = [
  shape(
    "a WITH named as the table that it reads",
    "precise",
    `with plant as (select p.plant_id, p.bed_id from plant p where p.height > 1)
    ${bed} (select count(*) from plant q where q.bed_id = b.bed_id) as n from bed b`,
  ),
  shape(
    "a WITH named as a table that it does not read",
    "precise",
    `with harvest as (select p.bed_id as bed_id, p.height as kilos from plant p)
    ${bed} (select max(h.kilos) from harvest h where h.bed_id = b.bed_id) as x from bed b`,
  ),
  shape(
    "a WITH named as a table, in other letters",
    "precise",
    `with Harvest as (select p.bed_id as bed_id, p.height as kilos from plant p)
    ${bed} (select max(h.kilos) from harvest h where h.bed_id = b.bed_id) as x from bed b`,
  ),
  shape(
    "a WITH of an inner select named as a table that is read beside it",
    "precise",
    `${bed} (with plant as (select g.bed_id as bed_id from gardener g) select count(*) from plant q where q.bed_id = b.bed_id) as n,
      (select count(*) from plant p where p.bed_id = b.bed_id) as m from bed b`,
  ),
  shape(
    "a WITH of an inner select that hides one around it",
    "precise",
    `with x as (select p.bed_id as bed_id from plant p)
    ${bed} (with x as (select g.bed_id as bed_id from gardener g) select count(*) from x q where q.bed_id = b.bed_id) as n,
      (select count(*) from x r where r.bed_id = b.bed_id) as m from bed b`,
  ),
  shape(
    "a WITH within another that hides one around both",
    "refused",
    `with x as (select p.bed_id as bed_id from plant p),
      y as (with x as (select g.bed_id as bed_id from gardener g) select q.bed_id as bed_id from x q)
    ${bed} (select count(*) from y r where r.bed_id = b.bed_id) as n from bed b`,
  ),
  shape(
    "a WITH that reads one whose own source is hidden where it is read",
    "precise",
    `with x as (select p.bed_id as bed_id from plant p), y as (select s.bed_id as bed_id from x s)
    ${bed} (with x as (select g.bed_id as bed_id from gardener g)
      select count(*) from x q join y r on r.bed_id = q.bed_id where q.bed_id = b.bed_id) as n from bed b`,
  ),
  shape(
    "NOT IN of a WITH that may be null and hides one that is never",
    "every",
    `with x as (select p.bed_id as bed_id from plant p)
    ${bed} (select count(*) from x r where r.bed_id = b.bed_id) as n from bed b
      where b.bed_id not in (with x as (select g.bed_id as bed_id from gardener g) select q.bed_id from x q)`,
  ),
  shape(
    "two inner selects with a WITH of one name",
    "precise",
    `${bed} (with x as (select p.bed_id as bed_id from plant p) select count(*) from x q where q.bed_id = b.bed_id) as n,
      (with x as (select g.bed_id as bed_id from gardener g) select count(*) from x q where q.bed_id = b.bed_id) as m from bed b`,
  ),
  shape(
    "a WITH named as a table behind one that reads this table",
    "precise",
    `with tall as (select p.plant_id as plant_id, p.bed_id as bed_id from plant p where p.height > 1),
      plant as (select t.bed_id as bed_id from tall t), more as (select q.bed_id as bed_id from plant q)
    ${bed} (select count(*) from more m where m.bed_id = b.bed_id) as n from bed b`,
  ),
  shape(
    "a derived table with a WITH named as a table that is joined to it",
    "every",
    `select b.bed_id as document_id, b.name, d.bed_id as x, g.gardener_id as y from bed b
      left join (with gardener as (select p.plant_id as plant_id, p.bed_id as bed_id from plant p) select max(q.plant_id) as bed_id from gardener q) d on d.bed_id = b.bed_id
      left join gardener g on g.gardener_id = b.bed_id`,
  ),
  shape(
    "a WITH named as a view beneath",
    "precise",
    `with tall_plant as (select g.bed_id as bed_id from gardener g)
    ${bed} (select count(*) from tall_plant t where t.bed_id = b.bed_id) as n from bed b`,
    {
      beneath: {
        tall_plant: "select p.plant_id as plant_id, p.bed_id as bed_id from plant p where p.height > 1",
      },
    },
  ),
];

/** A table with its database before it, where a WITH has its name: the server writes both alike. */
export const qualifiedShapes = (database: string): readonly Shape[] => [
  shape(
    "a table with its database before it beside a WITH of its name",
    "precise",
    `with plant as (select g.gardener_id as plant_id, g.bed_id as bed_id from gardener g)
    ${bed} (select count(*) from plant q where q.bed_id = b.bed_id) as n,
      (select count(*) from \`${database}\`.plant p where p.bed_id = b.bed_id and p.height > 1) as m from bed b`,
  ),
  shape(
    "such a table within the WITH of another name, with a text that looks like a name",
    "precise",
    `with tag as (select g.bed_id as bed_id, '\`x\`.\`y\` 🌱' as x from gardener g),
      tall as (select p.bed_id as bed_id, '🌱' as x from \`${database}\`.plant p where p.height > 1)
    ${bed} (select min(concat(t.x, q.x)) from tag q join tall t on t.bed_id = q.bed_id where q.bed_id = b.bed_id) as n from bed b`,
  ),
];

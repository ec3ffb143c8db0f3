import { type Shape, shape } from "./shape.ts";

/** A value as all ids are told apart. */
const part = (sql: string) => `cast(${sql} as char character set utf8mb4) collate utf8mb4_nopad_bin`;

export const keyShapes: readonly Shape[] = [
  shape(
    "a moment in the session's zone",
    "scan",
    "select p.plant_id as document_id, s.sign_id from plant p join sign s on s.seen = p.seen",
    { zones: true },
  ),
  shape(
    "an id of two columns",
    "precise",
    "select concat(plant_id, '/', day) as document_id, kilos from harvest",
  ),
  shape(
    "an id that prints a moment",
    "precise",
    "select concat(plant_id, '@', planted) as document_id, height from plant",
  ),
  shape(
    "an id of two tables",
    "precise",
    "select concat(p.plant_id, '-', b.name) as document_id, p.height from plant p join bed b on b.bed_id = p.bed_id",
    { needs: "logIsAsked" },
  ),
  shape(
    "an id of two tables with two between",
    "precise",
    `select json_array(${part("h.day")}, ${part("g.name")}) as document_id, sum(h.kilos) as kilos from harvest h
      join plant p on p.plant_id = h.plant_id join gardener g on g.gardener_id = p.gardener_id group by h.day, g.name`,
  ),
  shape(
    "groups of three tables, of which one may be missing",
    "precise",
    `select json_array(${part("cast(h.day - interval dayofmonth(h.day) - 1 day as date)")}, ${part("b.sun")},
          ${part("g.name")}) as document_id,
        sum(case when (h.grade = 'a') is not true then h.kilos end) as kilos, count(*) as n
      from harvest h join plant p on p.plant_id = h.plant_id join bed b on b.bed_id = p.bed_id
      left join gardener g on g.gardener_id = p.gardener_id
      group by cast(h.day - interval dayofmonth(h.day) - 1 day as date), b.sun, g.name`,
  ),
  shape(
    "groups of what may be missing, beneath what may be missing",
    "precise",
    `select json_array(${part("g.nick")}, ${part("b.sun")}) as document_id, count(*) as n from (
        select p.plant_id, ${part("g.nick")} as nick, g.bed_id from plant p
        left join gardener g on g.gardener_id = p.gardener_id) as g left join bed b on b.bed_id = g.bed_id
      group by g.nick, b.sun`,
  ),
  shape(
    "groups of two tables that a third changes, and nothing links with them",
    "every",
    `select json_array(${part("p.species")}, ${part("b.sun")}) as document_id, count(*) as n, max(h.kilos) as most from plant p
      join bed b on b.bed_id = p.bed_id left join harvest h on h.kilos + p.height = b.area + p.width
      group by p.species, b.sun`,
    { writes: ["plant", "bed", "harvest"] },
  ),
  shape(
    "an id that is there without its table",
    "precise",
    `select coalesce(g.name, 'none') as document_id, p.plant_id from plant p
      left join gardener g on g.gardener_id = p.gardener_id`,
    { needs: "rootIsThere" },
  ),
  shape(
    "an id of a left join",
    "precise",
    `select g.gardener_id as document_id, p.plant_id from plant p left join gardener g on g.gardener_id = p.gardener_id`,
  ),
  shape("an id that may be null", "precise", "select bed_id as document_id, gardener_id, name from gardener"),
  shape(
    "a condition after DIV",
    "precise",
    "select b.bed_id as document_id, p.plant_id from bed b join plant p on p.height div 2 = 1 and p.bed_id = b.bed_id",
  ),
  shape(
    "a negated condition",
    "precise",
    "select b.bed_id as document_id, p.plant_id from bed b join plant p on p.bed_id = b.bed_id and not (p.height = 1 or p.width = 1)",
  ),
  shape(
    "a link under NOT",
    "scan",
    "select b.bed_id as document_id, p.plant_id from bed b join plant p on not (p.bed_id = b.bed_id)",
  ),
  shape(
    "a moment without a zone",
    "scan",
    "select p.plant_id as document_id, q.plant_id as other from plant p join plant q on q.planted = p.planted",
  ),
  shape(
    "a truth value",
    "scan",
    "select b.bed_id as document_id, s.family from bed b join species s on s.hardy = b.sun",
  ),
];

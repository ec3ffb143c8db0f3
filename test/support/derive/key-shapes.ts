import { type Shape, shape } from "./shape.ts";

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
    "refused",
    "select concat(p.plant_id, '-', b.name) as document_id, p.height from plant p join bed b on b.bed_id = p.bed_id",
  ),
  shape(
    "an id that is there without its table",
    "refused",
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

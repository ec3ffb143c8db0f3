import { type Shape, shape } from "./shape.ts";

export const joinShapes: readonly Shape[] = [
  shape("one table", "precise", "select bed_id as document_id, name, sun from bed"),
  shape(
    "one table, filtered",
    "precise",
    "select bed_id as document_id, name from bed where sun > 1 and kind = 'a'",
  ),
  shape(
    "expressions of one table",
    "precise",
    `select bed_id as document_id, concat(name, '-', kind) as x, case when sun > 1 then area end as y,
      coalesce(sun, 0) div 2 + 1 as z, not sun = 1 as w, sun % 2 as v, sun xor 1 as u from bed`,
  ),
  shape(
    "a join",
    "precise",
    "select p.plant_id as document_id, p.species, b.name from plant p join bed b on b.bed_id = p.bed_id",
  ),
  shape(
    "a join whose root is the parent",
    "precise",
    "select b.bed_id as document_id, b.name, p.plant_id, p.height from bed b join plant p on p.bed_id = b.bed_id",
  ),
  shape(
    "three tables in a row",
    "precise",
    `select b.bed_id as document_id, h.day, h.kilos from bed b join plant p on p.bed_id = b.bed_id
      join harvest h on h.plant_id = p.plant_id`,
  ),
  shape(
    "three tables in a row, from the other end",
    "precise",
    `select h.plant_id * 100 + dayofmonth(h.day) as document_id, b.name, g.name as gardener
      from harvest h join plant p on p.plant_id = h.plant_id join bed b on b.bed_id = p.bed_id
      left join gardener g on g.gardener_id = h.gardener_id`,
  ),
  shape(
    "a left join",
    "precise",
    "select p.plant_id as document_id, g.name from plant p left join gardener g on g.gardener_id = p.gardener_id",
  ),
  shape(
    "a left join of a left join",
    "precise",
    `select p.plant_id as document_id, g.name, b.name as bed from plant p
      left join gardener g on g.gardener_id = p.gardener_id left join bed b on b.bed_id = g.bed_id`,
  ),
  shape(
    "a left join of a left join of a left join",
    "precise",
    `select h.plant_id * 100 + dayofmonth(h.day) as document_id, p.species, g.name, b.name as bed from harvest h
      left join plant p on p.plant_id = h.plant_id left join gardener g on g.gardener_id = p.gardener_id
      left join bed b on b.bed_id = g.bed_id`,
  ),
  shape(
    "a left join that also holds without the one before",
    "every",
    `select p.plant_id as document_id, g.name, b.name as bed from plant p
      left join gardener g on g.gardener_id = p.gardener_id left join bed b on b.bed_id = coalesce(g.bed_id, 1)`,
  ),
  shape(
    "a left join whose condition is of both sides before it",
    "every",
    `select a.bed_id as document_id, f.species, b.plant_id from bed a join species f
      left join plant b on b.bed_id = a.bed_id and b.species = f.species`,
    { needs: "onLinksRightOnly" },
  ),
  shape(
    "a left join with a condition on its left side",
    "precise",
    `select p.plant_id as document_id, b.name from plant p left join bed b on b.bed_id = p.bed_id and p.height > 1`,
  ),
  shape(
    "a left join that WHERE makes an inner one",
    "precise",
    `select b.bed_id as document_id, g.name from plant p left join gardener g on g.gardener_id = p.gardener_id
      join bed b on b.bed_id = g.bed_id where g.name > 'a'`,
  ),
  shape(
    "an anti-join",
    "precise",
    `select p.plant_id as document_id, p.species from plant p left join harvest h on h.plant_id = p.plant_id
      where h.day is null`,
  ),
  shape(
    "a table joined to itself",
    "precise",
    `select g.gardener_id as document_id, g.name, b.name as boss, c.name as top from gardener g
      left join gardener b on b.gardener_id = g.boss_id left join gardener c on c.gardener_id = b.boss_id`,
  ),
  shape(
    "a straight join",
    "precise",
    "select b.bed_id as document_id, p.height from bed b straight_join plant p on p.bed_id = b.bed_id",
  ),
  shape(
    "a join within a left join",
    "precise",
    `select b.bed_id as document_id, p.plant_id, g.name from bed b
      left join (plant p join gardener g on g.gardener_id = p.gardener_id) on p.bed_id = b.bed_id`,
  ),
  shape(
    "a left join within a left join",
    "precise",
    `select b.bed_id as document_id, p.plant_id, g.name from bed b
      left join (plant p left join gardener g on g.gardener_id = p.gardener_id) on p.bed_id = b.bed_id and g.name > 'a'`,
  ),
  shape(
    "a right join",
    "precise",
    "select b.bed_id as document_id, p.height from plant p right join bed b on b.bed_id = p.bed_id",
  ),
  shape(
    "a join by USING",
    "precise",
    "select bed.bed_id as document_id, p.height from bed join plant p using (bed_id)",
  ),
  shape(
    "tables side by side",
    "every",
    "select b.bed_id as document_id, s.family from bed b, species s where s.hardy = 1",
  ),
  shape(
    "an equality and an inequality",
    "precise",
    `select p.plant_id as document_id, q.plant_id as other from plant p
      join plant q on q.bed_id = p.bed_id and q.height < p.height`,
  ),
  shape(
    "an inequality alone",
    "scan",
    "select a.bed_id as document_id, b.name from bed a join bed b on b.area < a.area",
  ),
  shape(
    "a range of another table",
    "scan",
    "select p.plant_id as document_id, h.kilos, h.day from plant p join harvest h on h.kilos between p.height and p.height + 1",
  ),
  shape(
    "one of two links",
    "precise",
    `select p.plant_id as document_id, g.name from plant p
      join gardener g on g.gardener_id = p.gardener_id or g.bed_id = p.bed_id`,
  ),
  shape(
    "one of two links in a left join",
    "precise",
    `select p.plant_id as document_id, g.name from plant p
      left join gardener g on g.gardener_id = p.gardener_id or (g.bed_id = p.bed_id and g.born is not null)`,
  ),
  shape(
    "one of two links, not of columns",
    "scan",
    `select p.plant_id as document_id, g.name from plant p
      join gardener g on g.gardener_id + 1 = p.plant_id or g.gardener_id = p.plant_id + 1`,
  ),
  shape(
    "text keys without regard to case",
    "precise",
    `select t.plant_id as document_id, t.code, g.title from plant_tag t join tag g on g.code = t.code`,
  ),
  shape(
    "an id that its child writes in another case",
    "precise",
    "select g.code as document_id, g.title, t.plant_id from tag g join plant_tag t on t.code = g.code",
    { needs: "skipPrintsEqual" },
  ),
  shape(
    "a number that its child writes as text",
    "scan",
    "select b.bed_id as document_id, b.name, s.sign_id from bed b join sign s on s.bed_text = b.bed_id",
  ),
  shape(
    "text of two collations",
    "every",
    "select b.bed_id as document_id, p.label from bed b join plant p on p.label = b.name",
  ),
  shape(
    "text of one collation that is no key",
    "precise",
    "select b.bed_id as document_id, p.label from bed b join plant p on p.label = b.kind",
  ),
  shape(
    "text of another character set",
    "precise",
    "select s.sign_id as document_id, o.sign_id as other from sign s join sign o on o.place = s.place and o.weight >= s.weight and o.colour = s.colour",
  ),
  shape("an id of another character set", "precise", "select place as document_id, weight from sign"),
  shape(
    "a date in two tables",
    "scan",
    "select b.bed_id as document_id, h.kilos, h.plant_id from bed b join harvest h on h.day = b.made",
  ),
  shape(
    "a link by <=>",
    "precise",
    "select p.plant_id as document_id, g.name from plant p join gardener g on g.bed_id <=> p.gardener_id",
  ),
  shape(
    "a link by an expression",
    "scan",
    "select b.bed_id as document_id, h.kilos, h.plant_id from bed b join harvest h on month(h.day) = b.sun",
  ),
  shape(
    "a link by an expression of text",
    "precise",
    "select s.species as document_id, p.plant_id from species s join plant p on concat(p.species, '') = s.species",
  ),
];

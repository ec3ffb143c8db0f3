import { type Shape, shape } from "./shape.ts";

export const groupShapes: readonly Shape[] = [
  shape(
    "groups by a foreign key",
    "precise",
    "select bed_id as document_id, count(*) as n, sum(height) as h from plant group by bed_id",
  ),
  shape(
    "groups, joined",
    "precise",
    `select b.bed_id as document_id, t.n from bed b
      join (select bed_id, count(*) as n from plant where height > 1 group by bed_id) t on t.bed_id = b.bed_id`,
  ),
  shape(
    "groups, left-joined",
    "precise",
    `select b.bed_id as document_id, coalesce(t.n, 0) as n from bed b
      left join (select bed_id, sum(height) as n from plant group by bed_id having count(*) > 1) t on t.bed_id = b.bed_id`,
  ),
  shape(
    "groups by exact text",
    "precise",
    "select species as document_id, count(*) as n from plant group by species",
  ),
  shape(
    "groups by text without regard to case",
    "refused",
    "select label as document_id, count(*) as n from plant group by label",
    {
      needs: "groupKeysAreExact",
    },
  ),
  shape(
    "groups by text without regard to case, joined",
    "every",
    `select b.bed_id as document_id, t.n from bed b
      join (select label, count(*) as n from plant group by label) t on t.label = b.kind`,
  ),
  shape(
    "an id that is not grouped by",
    "refused",
    "select t.plant_id as document_id, t.n from (select plant_id, bed_id, count(*) as n from plant group by bed_id) t",
    { needs: "groupHidesOthers" },
  ),
  shape(
    "groups by a primary key, which tells the rest",
    "precise",
    `select t.plant_id as document_id, t.kilos, b.name from (select p.plant_id, p.bed_id, sum(h.kilos) as kilos
      from plant p left join harvest h on h.plant_id = p.plant_id group by p.plant_id) t
      join bed b on b.bed_id = t.bed_id`,
  ),
  shape(
    "groups by a unique text",
    "precise",
    "select g.code as document_id, g.title, count(*) as n from tag g join plant_tag t on t.code = g.code group by g.code",
  ),
  shape(
    "groups by a whole number of a date",
    "precise",
    "select month(day) as document_id, sum(kilos) as n from harvest group by month(day)",
  ),
  shape(
    "groups by a date",
    "precise",
    "select day as document_id, sum(kilos) as n, max(worth) as w from harvest group by day",
  ),
  shape(
    "groups by a generated text",
    "precise",
    "select month as document_id, count(*) as n, sum(size) as s from plant group by month",
  ),
  shape(
    "groups by a text that is computed",
    "refused",
    "select left(species, 1) as document_id, count(*) as n from plant group by left(species, 1)",
  ),
  shape(
    "groups of groups",
    "precise",
    `select t.bed_id as document_id, max(t.kilos) as best from (select p.bed_id, p.plant_id, sum(h.kilos) as kilos
      from plant p join harvest h on h.plant_id = p.plant_id group by p.bed_id, p.plant_id) t group by t.bed_id`,
  ),
  shape(
    "a total beside each row",
    "every",
    "select b.bed_id as document_id, t.h from bed b cross join (select max(height) as h from plant) t",
  ),
  shape(
    "a total that decides which rows there are",
    "every",
    "select b.bed_id as document_id from bed b cross join (select max(height) as h from plant) t where b.sun < t.h",
  ),
  shape(
    "distinct values counted",
    "precise",
    "select bed_id as document_id, count(distinct species, label) as n from plant group by bed_id",
  ),
  shape("distinct rows", "precise", "select distinct p.bed_id as document_id, p.species from plant p"),
  shape(
    "distinct rows of which a column is not used",
    "precise",
    `select b.bed_id as document_id, count(t.bed_id) as n from bed b
      left join (select distinct bed_id, height from plant) t on t.bed_id = b.bed_id group by b.bed_id`,
    { needs: "distinctCountsAll" },
  ),
  shape(
    "distinct text without regard to case",
    "refused",
    "select distinct p.label as document_id from plant p",
  ),
  shape(
    "lists with an order and a limit",
    "precise",
    `select b.bed_id as document_id, (select json_arrayagg(p.species order by p.height desc, p.plant_id limit 2)
      from plant p where p.bed_id = b.bed_id) as x, (select group_concat(distinct p.species order by p.species separator ';')
      from plant p where p.bed_id = b.bed_id) as y from bed b`,
  ),
  shape(
    "HAVING",
    "precise",
    "select bed_id as document_id, count(*) as n from plant group by bed_id having max(height) > 1 and n > 1",
  ),
  shape(
    "HAVING with a sub-query",
    "precise",
    `select p.bed_id as document_id, count(*) as n from plant p group by p.bed_id
      having count(*) > (select count(*) from gardener g where g.bed_id = p.bed_id)`,
  ),
  shape(
    "a union of two tables",
    "precise",
    "select bed_id as document_id, name from bed union all select gardener_id, name from gardener",
    {
      needs: "allBranches",
    },
  ),
  shape(
    "a distinct union",
    "precise",
    "select bed_id as document_id, name from bed union select bed_id, name from gardener",
  ),
  shape(
    "a union in a join",
    "precise",
    `select b.bed_id as document_id, u.who from bed b join (select bed_id, plant_id as who from plant where height > 1
      union all select bed_id, gardener_id from gardener) u on u.bed_id = b.bed_id`,
  ),
  shape(
    "a union in a left join",
    "precise",
    `select b.bed_id as document_id, u.who from bed b left join (select bed_id, plant_id as who from plant
      union select bed_id, gardener_id from gardener) u on u.bed_id = b.bed_id`,
  ),
  shape(
    "a distinct union of which a column is not used",
    "precise",
    `select b.bed_id as document_id, count(u.bed_id) as n from bed b left join (select bed_id, height from plant
      union select bed_id, boss_id from gardener) u on u.bed_id = b.bed_id group by b.bed_id`,
  ),
  shape(
    "an intersection",
    "precise",
    "select bed_id as document_id from plant where height > 1 intersect select bed_id from gardener",
  ),
  shape(
    "a difference",
    "precise",
    "select bed_id as document_id, name from bed except select bed_id, name from gardener",
  ),
  shape(
    "a difference in a join",
    "precise",
    `select b.bed_id as document_id, b.name from bed b join (select bed_id from plant except select bed_id from gardener) u
      on u.bed_id = b.bed_id`,
  ),
  shape(
    "a union of text without regard to case",
    "refused",
    "select kind as document_id from bed union select label from plant",
  ),
  shape(
    "a union of two types",
    "refused",
    "select bed_id as document_id from bed union all select name from gardener",
  ),
  shape(
    "a union of exact text",
    "precise",
    "select name as document_id, 1 as x from bed union all select species, 2 from species",
  ),
  shape(
    "a union in a sub-query",
    "precise",
    `select b.bed_id as document_id, (select count(*) from (select p.bed_id from plant p union all
      select g.bed_id from gardener g) u where u.bed_id = b.bed_id) as n from bed b`,
  ),
  shape(
    "a table expression",
    "precise",
    `with tall as (select bed_id, height from plant where height > 1)
      select b.bed_id as document_id, (select count(*) from tall where tall.bed_id = b.bed_id) as n from bed b`,
  ),
  shape(
    "a table expression used twice",
    "precise",
    `with tall as (select bed_id, plant_id, height from plant where height > 1)
      select one.plant_id as document_id, other.height from tall one join tall other on other.bed_id = one.bed_id`,
  ),
  shape(
    "a table expression named as a table that one before it reads",
    "precise",
    `with tall as (select plant_id, height from plant where height > 1), plant as (select 1 as plant_id)
      select tall.plant_id as document_id, tall.height, plant.plant_id from tall join plant`,
  ),
  shape(
    "an aggregate of what stands around it",
    "refused",
    "select b.bed_id as document_id, t.m from bed b join (select p.bed_id, (select max(p.height)) as m from plant p) t on t.bed_id = b.bed_id",
  ),
];

import { type Shape, shape } from "./shape.ts";

export const windowShapes: readonly Shape[] = [
  shape(
    "a number in its partition",
    "precise",
    "select plant_id as document_id, row_number() over (partition by bed_id order by height, plant_id) as n from plant",
    { needs: "windowSeesPartition" },
  ),
  shape(
    "a rank in a partition that may be null",
    "precise",
    "select plant_id as document_id, rank() over (partition by gardener_id order by height) as n from plant",
    { needs: "partitionHasNulls" },
  ),
  shape(
    "a rank among all",
    "every",
    "select plant_id as document_id, rank() over (order by height) as n from plant",
    { needs: "rootNamesItself" },
  ),
  shape(
    "the first of each partition",
    "precise",
    `select t.plant_id as document_id, t.species from (select plant_id, species,
      row_number() over (partition by bed_id order by height, plant_id) as n from plant) t where t.n = 1`,
  ),
  shape(
    "the first of each partition, joined",
    "precise",
    `select b.bed_id as document_id, t.species from bed b left join (select bed_id, species,
      row_number() over (partition by bed_id order by height, plant_id) as n from plant) t
      on t.bed_id = b.bed_id and t.n = 1`,
  ),
  shape(
    "a window of which the document shows nothing",
    "precise",
    `select t.plant_id as document_id, t.species from (select plant_id, species,
      rank() over (order by height) as n from plant) t`,
  ),
  shape(
    "the row before",
    "precise",
    `select plant_id * 100 + dayofmonth(day) as document_id, kilos - lag(kilos) over (partition by plant_id order by day) as x
      from harvest`,
  ),
  shape(
    "two windows",
    "precise",
    `select plant_id as document_id, sum(height) over (partition by bed_id) as x,
      max(size) over (partition by species) as y from plant`,
  ),
  shape(
    "a window over a join",
    "precise",
    `select p.plant_id as document_id, sum(h.kilos) over (partition by p.bed_id) as x
      from plant p join harvest h on h.plant_id = p.plant_id`,
  ),
  shape(
    "a window over groups",
    "every",
    `select bed_id as document_id, rank() over (order by sum(height)) as n from plant group by bed_id`,
  ),
  shape(
    "a share of a group of groups",
    "precise",
    `select t.plant_id as document_id, t.x from (select p.plant_id, sum(h.kilos) / sum(sum(h.kilos)) over (partition by p.bed_id) as x
      from plant p join harvest h on h.plant_id = p.plant_id group by p.plant_id, p.bed_id) t`,
  ),
  shape(
    "a partition without regard to case",
    "scan",
    "select plant_id as document_id, count(*) over (partition by label) as n from plant",
  ),
  shape(
    "the largest two",
    "every",
    "select t.plant_id as document_id, t.height from (select plant_id, height from plant order by height desc, plant_id limit 2) t",
    { needs: "limitCompetes" },
  ),
  shape(
    "a limit of the view",
    "every",
    "select plant_id as document_id, height from plant order by height desc, plant_id limit 2",
  ),
  shape(
    "a limit with an offset, joined",
    "every",
    `select b.bed_id as document_id, t.plant_id from bed b
      left join (select plant_id, bed_id from plant order by height, plant_id limit 2 offset 1) t on t.bed_id = b.bed_id`,
  ),
  shape(
    "a limit of a union",
    "every",
    `select u.bed_id as document_id, u.h from (select bed_id, height as h from plant union all select bed_id, boss_id from gardener
      order by h, bed_id limit 2) u`,
  ),
  shape(
    "a limit in EXISTS",
    "precise",
    `select b.bed_id as document_id from bed b where exists (select 1 from plant p where p.bed_id = b.bed_id limit 1)`,
  ),
  shape(
    "a second row that EXISTS asks for",
    "precise",
    `select b.bed_id as document_id from bed b where exists (select 1 from plant p where p.bed_id = b.bed_id limit 1 offset 1)`,
  ),
];

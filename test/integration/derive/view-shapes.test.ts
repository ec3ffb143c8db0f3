import { afterAll, beforeAll, expect, test } from "vitest";
import { readCatalogue } from "../../../src/derive/catalogue.ts";
import type { Shape } from "../../../src/derive/json-shape.ts";
import { readKnownTables, readShapes, type ShapedRelation } from "../../../src/derive/read-shapes.ts";
import { defineProject } from "../../../src/models/project.ts";
import { type Queryable, quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { createRandom } from "../../faults/random.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allShapes } from "../../support/derive/all-shapes.ts";
import { createGarden } from "../../support/derive/derived-garden.ts";
import { createRandomView } from "../../support/derive/random-view.ts";
import { createRandomWrites } from "../../support/derive/random-writes.ts";
import { gardenOrder, gardenTexts } from "../../support/garden/garden-tables.ts";
import { attempt } from "../../support/soundness.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const factor = Number(process.env.VITRINE_DERIVE_ROUNDS ?? 4);
const seed = readTestSeed();

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  await createGarden(db.admin);
});
afterAll(() => db?.close());

/** What a value of JSON is that its shape says it is not. */
function findLies(shape: Shape, value: unknown, path: string): readonly string[] {
  if (value === null) return shape.nulls === "never" ? [`${path} is null`] : [];
  if (shape.kind === "object")
    return shape.members.flatMap(({ name, shape: part }) =>
      findLies(part, (value as Record<string, unknown>)[name], `${path}.${name}`),
    );
  if (shape.kind !== "list") return [];
  if (!Array.isArray(value)) return [`${path} is no list`];
  const { item } = shape;
  return value.flatMap((one: unknown) =>
    item === null ? [`${path} is not empty`] : findLies(item, one, path),
  );
}

/** Where the rows of a view are not as its text was understood. */
async function findLiesOf(
  admin: Queryable,
  { name, columns, keys }: ShapedRelation,
): Promise<readonly string[]> {
  const view = quoteName(name);
  const counts = [
    ...columns.flatMap((one) =>
      one.nulls === "never"
        ? [[`${one.name} is null`, `coalesce(sum(${quoteName(one.name)} is null), 0)`] as const]
        : [],
    ),
    ...keys.map(
      (key) => [`${key} twice`, `count(${quoteName(key)}) - count(distinct ${quoteName(key)})`] as const,
    ),
  ];
  const lies: string[] = [];
  if (counts.length > 0) {
    const list = counts.map(([, sql], index) => `${sql} as c${index}`).join(", ");
    const [row = {}] = await admin.query<Record<string, string | number>>(`select ${list} from ${view}`);
    for (const [index, [lie]] of counts.entries()) if (Number(row[`c${index}`]) !== 0) lies.push(lie);
  }
  for (const column of columns) {
    if (column.shape.kind !== "object" && column.shape.kind !== "list") continue;
    for (const { value } of await admin.query<{ value: string | null }>(
      `select ${quoteName(column.name)} as value from ${view}`,
    ))
      lies.push(...findLies(column.shape, value === null ? null : JSON.parse(value), column.name));
  }
  return lies;
}

test(`what a view's text proves holds of its rows, whatever is written (VITRINE_TEST_SEED=${seed})`, {
  timeout: 3_600_000,
}, async () => {
  const { admin } = db;
  const sqls = [
    ...allShapes.map(({ sql, beneath = {} }) => ({ sql, beneath })),
    ...Array.from({ length: 10 * factor }, (_, index) => ({
      sql: createRandomView(seed + index),
      beneath: {},
    })),
    ...otherViews.map((sql) => ({ sql, beneath: {} })),
  ];
  const relations: (readonly [sql: string, relation: ShapedRelation])[] = [];
  const tables = await readKnownTables(admin);
  for (const [index, { sql, beneath }] of sqls.entries()) {
    for (const [name, text] of Object.entries(beneath))
      await admin.query(`create or replace view ${quoteName(name)} as ${text}`);
    const name = `judged_${index}`;
    await admin.query(`create or replace view ${name} as ${sql}`);
    const relation = await readShapes(admin, name, tables);
    if (relation && relation.refusal === null) relations.push([sql, relation]);
  }
  const sure = relations.flatMap(([, { columns }]) => columns.filter(({ nulls }) => nulls === "never"));
  expect(sure.length).toBeGreaterThan(250);
  expect(relations.filter(([, { keys }]) => keys.length > 0).length).toBeGreaterThan(30);

  const writes = createRandomWrites(await readCatalogue(admin), gardenOrder, gardenTexts, createRandom(seed));
  for (let round = 0; round < factor; round += 1) {
    await admin.withConnection(async (connection) => {
      for (let count = 0; count < 40; count += 1) await attempt(connection, writes.next());
    });
    for (const [sql, relation] of relations)
      expect({ sql, lies: await findLiesOf(admin, relation) }).toEqual({ sql, lies: [] });
  }
});

/** Objects and lists, whole and maybe missing; divisions by nothing; a list of values that may be null. */
const otherViews = [
  "select plant_id as document_id, 100 / (height - height) as x, height % (height - height) as y, height / 2 as z from plant",
  "select plant_id as document_id, width, height from plant where height in (width, height)",
  `select b.bed_id as document_id, coalesce((select json_arrayagg(json_object('plantId', p.plant_id, 'label', p.label,
    'keeper', (select json_object('name', g.name, 'nick', g.nick) from gardener g where g.gardener_id = p.gardener_id)))
    from plant p where p.bed_id = b.bed_id), json_array()) as plants from bed b`,
  `select p.plant_id as document_id, (select json_object('name', b.name, 'sun', b.sun) from bed b
    where b.bed_id = p.bed_id) as bed, (select json_object('n', count(*), 'most', max(h.kilos)) from harvest h
    where h.plant_id = p.plant_id) as harvests from plant p`,
  `select b.bed_id as document_id, (select json_arrayagg(p.label) from plant p where p.bed_id = b.bed_id) as labels,
    if(b.sun > 1, json_object('sun', b.sun), null) as sunny, json_array(b.sun, b.sun) as twice from bed b`,
  `select g.bed_id as document_id, json_arrayagg(json_object('boss', g.boss_id, 'born', g.born)) as all_of_them,
    json_object('first', min(g.name), 'n', count(*)) as figures from gardener g group by g.bed_id`,
  `select b.bed_id as document_id, d.plants from bed b left join (select p.bed_id,
    json_arrayagg(json_object('height', p.height, 'width', p.width)) as plants from plant p group by p.bed_id) d
    on d.bed_id = b.bed_id`,
];

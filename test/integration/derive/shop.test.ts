import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Catalogue, readCatalogue } from "../../../src/derive/catalogue.ts";
import type { Derivation } from "../../../src/derive/derivation.ts";
import { deriveTouched } from "../../../src/derive/derive-touched.ts";
import { prepareParser } from "../../../src/derive/read-view-text.ts";
import { readViews } from "../../../src/derive/read-views.ts";
import { toCaptured } from "../../../src/derive/to-captured.ts";
import { generateCaptureTriggers } from "../../../src/migrations/capture-triggers.ts";
import { printTouched } from "../../../src/migrations/print-touched.ts";
import { quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import project from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine } from "../../support/run-vitrine.ts";
import { prepareShop, shopOperation } from "../../support/shop-operations.ts";
import { attempt, findMissed, type Round, rounds } from "../../support/soundness.ts";

const numRuns = 10 * Number(process.env.VITRINE_DERIVE_ROUNDS ?? 4);
const [pos] = project.domains;
const models = pos?.models ?? [];

let db: TestDatabase;
let catalogue: Catalogue;
const derivations = new Map<string, Derivation>();

/** The hand-written touched views are kept as `<model>_hand`. */
beforeAll(async () => {
  db = await openTestDatabase({ project });
  await prepareShop(db.admin);
  await prepareParser();
  catalogue = await readCatalogue(db.admin);
  for (const { name } of models) {
    const views = await readViews(db.admin, name);
    const derived = deriveTouched({ view: name, keyColumn: "document_id", views, catalogue });
    if (derived.kind === "refused") throw new Error(derived.reason);
    derivations.set(name, derived);
    await db.admin.query(
      `rename table ${quoteName(`${name}_touched`)} to ${quoteName(`${name}_hand`)}; ${printTouched(derived)}`,
    );
  }
  const captured = toCaptured([...derivations.values()], catalogue);
  for (const { text } of await generateCaptureTriggers(db.admin, { name: "pos", captured }))
    await db.admin.query(text);
});
afterAll(() => db?.close());

const kindsOf = (name: string) =>
  new Set(derivations.get(name)?.tables.flatMap((table) => table.ways.map((way) => way.kind)));

test("all models of the shop are derived: two of them coarsely", () => {
  expect(derivations.size).toBe(14);
  const coarse = models
    .map((model) => model.name)
    .filter((name) => kindsOf(name).size > 1 || !kindsOf(name).has("precise"));
  expect(coarse.sort()).toEqual(["customer_segments", "sales_trend"]);
  expect([...kindsOf("customer_segments")]).toEqual(["every"]);
  expect([...kindsOf("sales_trend")].sort()).toEqual(["precise", "scan"]);
});

test("the tables to capture come out as declared, and more is ignored", () => {
  expect(toCaptured([...derivations.values()], catalogue)).toEqual([
    { table: "city", keys: ["state"] },
    { table: "customer", ignore: ["email", "phone", "birthdate"] },
    { table: "order", keys: ["placed_month"] },
    { table: "orderline" },
    { table: "price_history" },
    { table: "product", ignore: ["available_quantity"] },
  ]);
});

test("one and the same text comes out again, in the style of the SQL files", () => {
  for (const [name, derived] of derivations) {
    const text = printTouched(derived);
    expect(printTouched(structuredClone(derived))).toBe(text);
    const lines = text.split("\n");
    expect(lines.filter((line) => line.length > 100 || /\s$/.test(line))).toEqual([]);
    expect(lines.slice(0, 2)).toEqual([
      `-- purpose: which documents of ${name} a change may alter`,
      "-- grain: one row per change and document",
    ]);
  }
});

test("no document of the shop is missed, and no model names more documents than by hand", async () => {
  const different = new Map<string, number>();
  const named = new Map<string, { hand: number; derived: number }>();
  await fc.assert(
    fc.asyncProperty(rounds(shopOperation), async (round) => {
      const missed = await findMissed(db.admin, models, round, (model, count) =>
        different.set(model, (different.get(model) ?? 0) + count),
      );
      expect(missed).toEqual([]);
      for (const [model, counts] of await countNamed(round)) {
        const known = named.get(model) ?? { hand: 0, derived: 0 };
        named.set(model, { hand: known.hand + counts.hand, derived: known.derived + counts.derived });
      }
    }),
    { numRuns },
  );
  for (const { name } of models) expect(different.get(name), name).toBeGreaterThan(0);
  // By hand monthly_sales leaves out dates that stay in their month: months are compared, which no column tells.
  const most = (name: string, hand: number) => (name === "monthly_sales" ? hand * 1.02 : hand);
  for (const [name, { hand, derived }] of named) expect(derived, name).toBeLessThanOrEqual(most(name, hand));
  const fewer = [...named].filter(([, { hand, derived }]) => derived < hand).map(([name]) => name);
  expect(fewer).toEqual(expect.arrayContaining(["order_checks", "product_demand", "sales"]));
});

test("`vitrine model explain` says which tables and columns concern a model, and what is coarse", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "vitrine-explain-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const explain = (name: string) => runVitrine(db, dataDir, ["model", "explain", name]);
  expect(await explain("sales_trend")).toMatchObject({
    code: 0,
    stdout: `order: date_placed, status, subtotal, placed_month
  logged beside its keys: placed_month
  status, subtotal change, or a row comes, goes or moves: the document that its keys name
  status, subtotal change, or a row comes, goes or moves: the documents found through order by placed_month (reads all of it)
Coarse: a change of order reads all of order. An index on what it is found by, or a stored column that equals it, makes it a look-up.
`,
  });
  expect(await explain("nobody")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("UNKNOWN_MODEL"),
  });
});

/** Pairs of a change and a document that the touched views name after a round. */
async function countNamed(round: Round): Promise<ReadonlyMap<string, { hand: number; derived: number }>> {
  return db.admin.withConnection(async (connection) => {
    await connection.run("start transaction");
    for (const operation of [...round.before, ...round.operations]) await attempt(connection, operation);
    const counts = new Map<string, { hand: number; derived: number }>();
    for (const { name } of models) {
      const count = async (view: string) => {
        const rows = await connection.query<{ n: number }>(
          `select count(distinct change_id, document_id) as n from ${quoteName(view)}`,
        );
        return Number(rows[0]?.n);
      };
      counts.set(name, { hand: await count(`${name}_hand`), derived: await count(`${name}_touched`) });
    }
    await connection.run("rollback");
    return counts;
  });
}

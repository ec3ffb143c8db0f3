import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Catalogue, readCatalogue } from "../../../src/derive/catalogue.ts";
import type { Derivation } from "../../../src/derive/derivation.ts";
import { deriveTouched } from "../../../src/derive/derive-touched.ts";
import { prepareParser } from "../../../src/derive/read-view-text.ts";
import { readViews } from "../../../src/derive/read-views.ts";
import { toCaptured } from "../../../src/derive/to-captured.ts";
import { pos } from "../../../src/domains/pos/index.ts";
import { compareGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { printTouched } from "../../../src/migrations/print-touched.ts";
import { touchedViewOf } from "../../../src/models/derived-names.ts";
import project from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const models = project.domains.flatMap((domain) => domain.models);

let db: TestDatabase;
let catalogue: Catalogue;
const derivations = new Map<string, Derivation>();

beforeAll(async () => {
  db = await openTestDatabase({ project });
  await prepareParser();
  catalogue = await readCatalogue(db.admin);
  for (const { name, key, columns } of models) {
    const views = await readViews(db.admin, name);
    const derived = deriveTouched({ view: name, keyColumn: columns[key] ?? "", views, catalogue });
    if (derived.kind === "refused") throw new Error(derived.reason);
    derivations.set(name, derived);
  }
});
afterAll(() => db?.close());

const kindsOf = (name: string) =>
  new Set(derivations.get(name)?.tables.flatMap((table) => table.ways.map((way) => way.kind)));

test("all models of the project are derived: two of the shop's coarsely, all others precisely", () => {
  expect(derivations.size).toBe(models.length);
  const coarse = models
    .map((model) => model.name)
    .filter((name) => kindsOf(name).size > 1 || !kindsOf(name).has("precise"));
  expect(coarse.sort()).toEqual(["customer_segments", "sales_trend"]);
  expect([...kindsOf("customer_segments")]).toEqual(["every"]);
  expect([...kindsOf("sales_trend")].sort()).toEqual(["precise", "scan"]);
});

test("capture logs the keys that paths leave by, and ignores what no document shows", () => {
  const derived = pos.models.flatMap(({ name }) => derivations.get(name) ?? []);
  expect(toCaptured(derived, catalogue)).toEqual([
    { table: "city", keys: ["state"] },
    { table: "customer", ignore: ["birthdate"] },
    { table: "order", keys: ["status", "placed_on", "placed_month"] },
    { table: "orderline" },
    { table: "price_history" },
    { table: "product" },
  ]);
});

test("one and the same text comes out again, in the style of the SQL files", () => {
  for (const [name, derived] of derivations) {
    const printed = printTouched(derived);
    expect(printTouched(structuredClone(derived))).toEqual(printed);
    for (const { table, view, text } of printed) {
      const lines = text.split("\n");
      expect(view).toBe(touchedViewOf(name, table));
      expect(view.length).toBeLessThanOrEqual(64);
      expect(lines.filter((line) => line.length > 100 || /\s$/.test(line))).toEqual([]);
      expect(text.replaceAll("\n--   ", " ").split("\n").slice(0, 2)).toEqual([
        `-- purpose: which documents of ${name} a change of ${table} may alter`,
        "-- grain: one row per change and document",
      ]);
    }
  }
});

test("the generated files of this repository are what its views give", async () => {
  const url = String(inject("mariadbUrl"));
  expect((await compareGeneratedFiles(url, db.sqlDir, project)).map(({ file }) => file)).toEqual([]);
});

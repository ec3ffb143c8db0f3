import { afterAll, beforeAll, expect, test } from "vitest";
import { readViews } from "../../../src/derive/read-views.ts";
import { Refusal } from "../../../src/derive/refusal.ts";
import { tablesOf } from "../../../src/derive/tables-of.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createGarden, type DerivedGarden, deriveGarden } from "../../support/derive/derived-garden.ts";
import { qualifiedShapes } from "../../support/derive/name-shapes.ts";
import type { Shape } from "../../support/derive/shape.ts";

let db: TestDatabase;
let garden: DerivedGarden;
let shapes: readonly Shape[];
beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  await createGarden(db.admin);
  shapes = qualifiedShapes(db.admin.database);
  garden = await deriveGarden(db.admin, shapes);
});
afterAll(() => db?.close());

test("a table that is named with its database is that table, also where a WITH has its name", async () => {
  for (const shape of shapes) {
    const derived = garden.derivation(shape);
    expect([shape.title, derived.kind === "refused" ? derived.reason : derived.kind]).toEqual([
      shape.title,
      "derived",
    ]);
    let different = 0;
    for (let round = 0; round < 12; round += 1) {
      const result = await garden.play(shape, round);
      expect({ title: shape.title, round, wrong: result.wrong }).toEqual({
        ...{ title: shape.title, round, wrong: [] },
      });
      different += result.different;
    }
    expect(different).toBeGreaterThan(0);
  }
});

test("a WITH named as a table or a view leads to neither", async () => {
  await db.admin.run("create view hidden as select h.plant_id as n from harvest h");
  await db.admin.run(
    `create view namesake as with hidden as (select p.plant_id as n from plant p),
      harvest as (select s.n as n from hidden s) select h.n as n from harvest h`,
  );
  const views = await readViews(db.admin, "namesake");
  const text = views.get("namesake");
  if (text === undefined || text instanceof Refusal) throw text;
  expect([...views.keys()]).toEqual(["namesake"]);
  expect(tablesOf(text)).toContain("plant");
  expect(tablesOf(text)).not.toContain("harvest");
  expect(tablesOf(text)).not.toContain("hidden");
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Derivation, Term } from "../../../src/derive/derivation.ts";
import { type Rules, soundRules } from "../../../src/derive/rules.ts";
import { defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allShapes } from "../../support/derive/all-shapes.ts";
import {
  addTouchedViews,
  createGarden,
  type DerivedGarden,
  deriveGarden,
} from "../../support/derive/derived-garden.ts";
import { type Shape, shape } from "../../support/derive/shape.ts";

let db: TestDatabase;

beforeAll(async () => {
  db = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  await createGarden(db.admin);
});
afterAll(() => db?.close());

/** Whether some round of writes leaves a document as it was, though the view shows it otherwise. */
async function isFoundOut(garden: DerivedGarden, one: Shape): Promise<boolean> {
  for (let seed = 0; seed < 300; seed += 1) if ((await garden.play(one, seed)).wrong.length > 0) return true;
  return false;
}

const find = (title: string): Shape => {
  const found = allShapes.find((one) => one.title === title);
  if (!found) throw new Error(`There is no shape ${title}.`);
  return found;
};

describe("a derivation that does not keep a rule is found out", () => {
  // The keys of an object of booleans are the names of the rules.
  test.each(Object.keys(soundRules) as (keyof Rules)[])("%s", async (rule) => {
    const [one] = allShapes.filter(({ needs }) => needs === rule);
    if (!one) throw new Error(`No shape needs ${rule}.`);
    const garden = await deriveGarden(db.admin, [one], { ...soundRules, [rule]: false });
    expect(garden.derivation(one).kind).toBe("derived");
    expect(await isFoundOut(garden, one)).toBe(true);
  });
});

describe("a touched view is found out", () => {
  test("when a path leaves a row by what it is now, not by what was logged", async () => {
    const one = find("a join whose root is the parent");
    const garden = await deriveGarden(db.admin, [one]);
    const derived = garden.derivation(one);
    if (derived.kind === "refused") throw new Error(derived.reason);
    expect(await isFoundOut(garden, one)).toBe(false);
    await addTouchedViews(db.admin, leaveByCurrentRow(derived, garden));
    expect(await isFoundOut(garden, one)).toBe(true);
  });

  test("when the id is put together from two tables as they are, and what was logged of one is not asked", async () => {
    const one = shape(
      "an id of two tables",
      "precise",
      "select concat(p.plant_id, '-', b.kind) as document_id from plant p join bed b on b.bed_id = p.bed_id",
    );
    const garden = await deriveGarden(db.admin, [one]);
    expect(await isFoundOut(garden, one)).toBe(false);
    const id = "select vitrine_id as change_id, concat(p.plant_id, '-', b.kind) as document_id";
    await garden.replaceTouched(one, {
      plant: `${id} from vitrine_change_plant as c
        join plant p on p.plant_id = c.plant_id join bed b on b.bed_id = p.bed_id`,
      bed: `${id} from vitrine_change_bed as c
        join bed b on b.bed_id = c.bed_id join plant p on p.bed_id = b.bed_id`,
    });
    expect(await isFoundOut(garden, one)).toBe(true);
  });

  test("when a stored function reads what nobody sees", async () => {
    await db.admin.query(
      `create function tallest(in_bed int) returns int reads sql data
        return (select max(height) from plant where bed_id = in_bed)`,
    );
    const one = shape(
      "a stored function",
      "refused",
      "select bed_id as document_id, tallest(bed_id) as h from bed",
      { writes: ["bed", "plant"] },
    );
    const logged = shape(
      "what is logged",
      "precise",
      "select b.bed_id as document_id, p.height from bed b join plant p on p.bed_id = b.bed_id",
    );
    const garden = await deriveGarden(db.admin, [one, logged]);
    expect(garden.derivation(one)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("tallest"),
    });
    await garden.replaceTouched(one, {
      bed: "select vitrine_id as change_id, bed_id as document_id from vitrine_change_bed",
    });
    expect(await isFoundOut(garden, one)).toBe(true);
  });
});

/** Each way begins with the row as it is now, found by its primary key. */
function leaveByCurrentRow(derivation: Derivation, { catalogue }: DerivedGarden): Derivation {
  const tables = derivation.tables.map((use) => {
    const table = catalogue.get(use.table);
    const keys = table?.primaryKey ?? [];
    const on = keys.map((column): Term => {
      return [{ from: "join", join: 0, column }, " = ", { from: "log", column }];
    });
    const turn = (term: Term): Term =>
      term.map((part) => {
        if (typeof part === "string") return part;
        return part.from === "log"
          ? { from: "join", join: 0, column: part.column }
          : { ...part, join: part.join + 1 };
      });
    const ways = use.ways.map((way) => ({
      ...way,
      id: turn(way.id),
      joins: [
        { source: { table: use.table }, alias: "row_now", on, isScan: false },
        ...way.joins.map((join) => ({ ...join, on: join.on.map(turn) })),
      ],
    }));
    return { ...use, ways };
  });
  return { ...derivation, tables };
}

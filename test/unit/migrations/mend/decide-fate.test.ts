import { expect, test } from "vitest";
import { decideFate } from "../../../../src/migrations/mend/decide-fate.ts";

const columns = (names: string) =>
  names.split(" ").map((name) => {
    const [plain = "", says = "int"] = name.split(":");
    return [plain, says] as const;
  });
const tables = (all: Record<string, string>) =>
  new Map(Object.entries(all).map(([name, names]) => [name, columns(names)] as const));
const none = { renamed: [], dropped: [] };
const column = { table: "t", column: "b" };
const table = { table: "t", column: null };
const between = (known: string, now: string) => ({ known: tables({ t: known }), now: tables({ t: now }) });

test.each([
  ["nothing came", "a c"],
  ["what came is of another type", "a x:text c"],
])("a column was dropped when %s", (_when, now) =>
  expect(decideFate(column, between("a b c", now), none)).toEqual({ to: null }),
);

test.each([
  ["in its place", "a x c", "x of the same type came"],
  ["elsewhere", "a c x", "x of the same type came"],
  ["beside another", "a x y c", "x, y of the same type came"],
])("a column of its type that came %s is asked for, not taken for it", (_where, now, says) =>
  expect(decideFate(column, between("a b c", now), none).question).toBe(
    `t.b is gone, and ${says}: was it renamed, or dropped? Say \`vitrine mend --renamed 't.b=x'\`, or \`--dropped 't.b'\`.`,
  ),
);

test("what a person says is done, also of another type and with the table before the name", () => {
  const state = between("a b c", "a x y:text c");
  const decide = (...renamed: readonly string[]) => decideFate(column, state, { renamed, dropped: [] });
  expect(decideFate(column, state, { renamed: [], dropped: ["t.b"] })).toEqual({ to: null });
  expect(decide("t.b=y")).toEqual({ to: "y" });
  expect(decide("t.b=t.x")).toEqual({ to: "x" });
  expect(decide("t.other=y").question).toBeDefined();
  expect(() => decide("t.b=z")).toThrow("Table t has no column z. It has: a, x, y, c.");
});

test("a table of the same columns that came is asked for, and one of others is none", () => {
  const known = tables({ t: "a b", u: "a b" });
  const decide = (now: Record<string, string>, renamed: readonly string[] = []) =>
    decideFate(table, { known, now: tables(now) }, { renamed, dropped: [] });
  expect(decide({ u: "a b", v: "a b" }).question).toMatch(/^t is gone, and v of the same columns came: /);
  expect(decide({ v: "a b", w: "a b" }).question).toContain("v, w of the same columns");
  expect(decide({ u: "a b", v: "b a" })).toEqual({ to: null });
  expect(decide({ u: "a b", v: "b a" }, ["t=v"])).toEqual({ to: "v" });
  expect(() => decide({ u: "a b" }, ["t=w"])).toThrow("The database has no table w. It has: u.");
});

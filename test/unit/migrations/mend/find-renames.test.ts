import { expect, test } from "vitest";
import { findNewName, findNewTable } from "../../../../src/migrations/mend/find-renames.ts";

const columns = (...names: readonly string[]) =>
  names.map((name) => {
    const [plain = "", says = "int"] = name.split(":");
    return [plain, says] as const;
  });

test.each([
  ["in its place, of its type", ["a", "b", "c"], ["a", "x", "c"], "x"],
  ["as the first", ["b", "c"], ["x", "c"], "x"],
  ["as the last, with one more elsewhere", ["a", "c", "b"], ["a", "n", "c", "x"], "x"],
  ["of another type", ["a", "b", "c"], ["a", "x:text", "c"], null],
  ["at the end, where it did not stand", ["a", "b", "c"], ["a", "c", "x"], null],
  ["beside another that is new", ["a", "b", "c"], ["a", "x", "y", "c"], null],
  ["with its neighbour, so that nobody can tell", ["a", "b", "d", "c"], ["a", "x", "y", "c"], null],
  ["by a column that was there", ["a", "b", "c"], ["a", "c"], null],
  ["not at all", ["a", "b", "c"], ["a", "b", "x", "c"], null],
])("a column is replaced %s", (_how, known, now, to) =>
  expect(findNewName(columns(...known), columns(...now), "b")).toBe(to),
);

test("a table has the columns of one that is gone, and is alone with them", () => {
  const known = new Map([
    ["t", columns("a", "b")],
    ["u", columns("a", "b")],
  ]);
  const find = (now: ReadonlyMap<string, ReturnType<typeof columns>>) => findNewTable(known, now, "t");
  expect(
    find(
      new Map([
        ["u", columns("a", "b")],
        ["v", columns("a", "b")],
      ]),
    ),
  ).toBe("v");
  expect(
    find(
      new Map([
        ["v", columns("a", "b")],
        ["w", columns("a", "b")],
      ]),
    ),
  ).toBeNull();
  expect(find(new Map([["v", columns("b", "a")]]))).toBeNull();
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { orderByDependency } from "../../../src/migrations/dependency-order.ts";
import type { RepeatableFile } from "../../../src/migrations/sql-files.ts";

const file = (object: string, uses: readonly string[], text = object): RepeatableFile => ({
  kind: "view",
  name: `views/shop/${object}.sql`,
  domain: "shop",
  object,
  text,
  uses: new Set(uses),
});

const hashesOf = (files: readonly RepeatableFile[]) =>
  new Map(orderByDependency(files).map((ordered) => [ordered.object, ordered.hash]));

test("files that do not name each other keep their order", () => {
  const files = ["c", "a", "b"].map((name) => file(name, ["table"]));
  expect(orderByDependency(files).map((ordered) => ordered.object)).toEqual(["c", "a", "b"]);
});

test("a change reaches everything built on it, and nothing else", () => {
  const build = (text: string) =>
    hashesOf([file("top", ["middle"]), file("middle", ["base"]), file("base", [], text), file("aside", [])]);
  const before = build("one");
  const after = build("two");
  const changed = [...after].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name);
  expect(changed.sort()).toEqual(["base", "middle", "top"]);
});

test("a circle is reported with its files, without those that only lead to it", () => {
  const files = [file("lead", ["a"]), file("a", ["b"]), file("b", ["c"]), file("c", ["a"])];
  expect(() => orderByDependency(files)).toThrow(
    "views/shop/a.sql → views/shop/b.sql → views/shop/c.sql → views/shop/a.sql",
  );
});

test("a file that names itself is no circle", () => {
  expect(orderByDependency([file("a", ["a"])])).toHaveLength(1);
});

test("in any graph without a circle, each file comes after all that it names, once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }).chain((size) =>
        fc.tuple(
          fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 30 }),
          fc.shuffledSubarray(
            Array.from({ length: size }, (_, index) => index),
            { minLength: size },
          ),
        ),
      ),
      ([edges, order]) => {
        const files = order.map((index) =>
          file(
            `v${index}`,
            edges.filter(([from, to]) => from === index && to < from).map(([, to]) => `v${to}`),
          ),
        );
        const sorted = orderByDependency(files).map((ordered) => ordered.object);
        expect([...sorted].sort()).toEqual(files.map((one) => one.object).sort());
        for (const one of files)
          for (const used of one.uses) expect(sorted.indexOf(used)).toBeLessThan(sorted.indexOf(one.object));
      },
    ),
  );
});

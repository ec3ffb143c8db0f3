import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DocumentStore, Filter } from "../../../src/stores/document-store.ts";
import { fitsText } from "../../../src/stores/text-operators.ts";
import { byNumber, byText, filterable, texts } from "./things.ts";
import { openTwoStores, type TwoStores } from "./two-stores.ts";

const textOperators = [
  "contains",
  "startsWith",
  "equalsInsensitive",
  "containsInsensitive",
  "startsWithInsensitive",
] as const;
const rest = Object.fromEntries(filterable.map((name) => [name, null]));

describe("live and mirror", () => {
  let stores: TwoStores;
  beforeAll(async () => {
    stores = await openTwoStores();
  });
  afterAll(() => stores?.close());
  const both = <T>(ask: (store: DocumentStore) => Promise<T>): Promise<T> => stores.both(ask);
  /** Documents with these texts, numbered. */
  const fillThings = (things: readonly string[]) =>
    stores.fill(
      byNumber,
      things.map((thing, id) => ({ ...rest, id: String(id), thing, parts: [] })),
    );

  it("agree on every operator between any two of the awkward texts", async () => {
    await stores.fill(
      byText,
      texts.map((one) => ({ ...rest, id: one, thing: one, parts: [] })),
    );
    const ids = (store: DocumentStore, where: Filter) =>
      store
        .findPage(byText, { where, orderBy: [], limit: 100, fromEnd: false, after: null, before: null })
        .then((found) => found.map((one) => one.id));
    const check = async (operator: "eq" | "lt" | "gte" | (typeof textOperators)[number], value: string) => {
      // The key is looked for by a range of its own.
      for (const field of operator === "startsWith" ? ["id", "thing"] : ["thing"]) {
        const found = await both((store) => ids(store, { kind: "compare", field, operator, value }));
        if (operator === "eq") expect(found).toEqual([value]);
        if (operator !== "eq" && operator !== "lt" && operator !== "gte")
          expect([...found].sort()).toEqual(texts.filter((one) => fitsText(operator, one, value)).sort());
      }
    };
    for (const operator of ["eq", "lt", "gte", ...textOperators] as const)
      await Promise.all(texts.map((value) => check(operator, value)));
  }, 60_000);

  it("agree on every insensitive operator, whatever the characters", async () => {
    const cased = fc
      .array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 2 }), fc.constantFrom(...texts)), {
        maxLength: 3,
      })
      .map((parts) =>
        parts
          .join("")
          .slice(0, 12)
          .replace(/\p{Surrogate}/gu, ""),
      );
    const other = (one: string) =>
      fc.constantFrom(one, one.toUpperCase(), one.toLowerCase(), Array.from(one).slice(1, 3).join(""));
    await fc.assert(
      fc.asyncProperty(
        fc
          .uniqueArray(cased, { minLength: 8, maxLength: 25 })
          .chain((all) =>
            fc.record({ all: fc.constant(all), asked: fc.tuple(...all.slice(0, 6).map(other)) }),
          ),
        async ({ all, asked }) => {
          await fillThings(all);
          for (const operator of textOperators)
            for (const value of asked) {
              const where: Filter = { kind: "compare", field: "thing", operator, value };
              const found = await both((store) =>
                store.findPage(byNumber, {
                  where,
                  orderBy: [],
                  limit: 100,
                  fromEnd: false,
                  after: null,
                  before: null,
                }),
              );
              const fitting = all.filter((one) => fitsText(operator, one, value));
              expect(found.map(({ thing }) => thing)).toEqual(fitting);
            }
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  it.each(["contains", "startsWith", "eq"] as const)("take a text of any length for %s", async (operator) => {
    await fillThings(["a.b".repeat(20)]);
    for (const [value, hits] of [
      ["a.b".repeat(20), 1],
      ["a.b".repeat(21), 0],
      [".\u0000".repeat(50_000), 0],
      ["😀".repeat(100_000), 0],
      ["\u{10ffff}".repeat(10_000), 0],
    ] as const)
      expect(
        await both((store) => store.count(byNumber, { kind: "compare", field: "thing", operator, value })),
      ).toBe(hits);
  });

  it("find every text that starts with a prefix, whatever character comes next", async () => {
    const ends = [
      "a\ud7ff",
      "a😀",
      "a\ud7ffb",
      "a\ue000",
      "a\u{10ffff}",
      "a\u{10ffff}b",
      "b",
      "\u{10ffff}",
      "\u{10ffff}\u{10ffff}",
    ];
    await fillThings(ends);
    for (const value of ["a", "a\ud7ff", "a\u{10ffff}", "\u{10ffff}", ""])
      expect(
        await both((store) =>
          store.count(byNumber, { kind: "compare", field: "thing", operator: "startsWith", value }),
        ),
      ).toBe(ends.filter((one) => one.startsWith(value)).length);
  });
});

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { count, countDistinct, defineCube, max, sum } from "../../../src/models/cube.ts";
import { decimal, int } from "../../../src/models/field.ts";
import type { CubeQuery, CubeRow } from "../../../src/stores/cube-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { expectRows, type Fact } from "../../support/cube-oracle.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { cups, cupsDefinition, facts, query } from "./cups.ts";
import { createCups, pourCups } from "./pour-cups.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await createCups(database);
});
afterAll(() => database?.close());

const pour = (facts: readonly Fact[]) => pourCups(database, facts);

test("both stores give the rows of the definition, in its order, for any facts and any query", async () => {
  const live = createLiveStore(database.admin);
  const mirror = createMirrorStore(database.mongo);
  await fc.assert(
    fc.asyncProperty(facts, fc.array(query, { minLength: 1, maxLength: 8 }), async (rows, queries) => {
      await pour(rows);
      for (const asked of queries) {
        const plain: CubeQuery = {
          ...asked,
          where: asked.where?.filter ?? null,
          having: asked.having?.filter ?? null,
        };
        const expected = expectRows(cups, rows, plain, {
          where: asked.where?.holds ?? (() => true),
          having: asked.having?.holds ?? (() => true),
        });
        const wanted = [...new Set(plain.sets.flat()), ...plain.measures];
        const shown = (found: Awaited<ReturnType<typeof live.aggregate>>) =>
          found.map(({ groupedBy, values }) => [
            groupedBy,
            wanted.map((name) =>
              groupedBy.includes(name) || name in cups.cube.measures ? values[name] : null,
            ),
          ]);
        expect(shown(await live.aggregate(cups, plain)), "live").toEqual(shown(expected));
        expect(shown(await mirror.aggregate(cups, plain)), "mirror").toEqual(shown(expected));
      }
    }),
    { numRuns: 100 },
  );
}, 120_000);

const plain: CubeQuery = {
  sets: [["tea"]],
  measures: ["cups"],
  where: null,
  having: null,
  orderBy: [],
  limit: 100,
  withTies: false,
};

test("a group whose facts all do not count is a row of zeros, with no average", async () => {
  const fact = {
    tea: "tea",
    size: 2,
    soldOn: "2020-01-01",
    servedAt: null,
    serial: null,
    guest: 1,
    room: 1,
    bill: 1,
    price: "1.500",
    sugar: 1,
  };
  await pour([
    { ...fact, cupId: 1, fate: "spilt" },
    { ...fact, cupId: 2, tea: "Ä", fate: "spilt" },
    { ...fact, cupId: 3, tea: "Ä", fate: null },
  ]);
  const measures = ["cups", "drunkCups", "drunkMoney", "drunkGuests", "perDrinker"];
  for (const store of [createLiveStore(database.admin), createMirrorStore(database.mongo)])
    expect((await store.aggregate(cups, { ...plain, measures })).map(({ values }) => values)).toEqual([
      { tea: "tea", cups: 1, drunkCups: 0, drunkMoney: "0.000", drunkGuests: 0, perDrinker: null },
      { tea: "Ä", cups: 2, drunkCups: 1, drunkMoney: "1.500", drunkGuests: 1, perDrinker: "1.50" },
    ]);
});

test("distinct values of some facts and of all facts do not get in each other's way", async () => {
  const fact = {
    tea: "tea",
    size: 2,
    soldOn: "2020-01-01",
    servedAt: null,
    serial: null,
    guest: 1,
    room: 1,
    bill: 1,
    price: "1.500",
    sugar: 1,
  };
  await pour([
    { ...fact, cupId: 1, fate: "spilt" },
    { ...fact, cupId: 2, fate: "drunk" },
    { ...fact, cupId: 3, fate: "spilt", guest: 2, room: 0 },
  ]);
  for (const store of [createLiveStore(database.admin), createMirrorStore(database.mongo)])
    for (const [measures, counts] of [
      [["guests", "drunkRooms"], { guests: 2, drunkRooms: 1 }],
      [["drunkGuests", "rooms"], { drunkGuests: 1, rooms: 2 }],
      [["drunkGuests", "drunkRooms"], { drunkGuests: 1, drunkRooms: 1 }],
    ] as const)
      expect((await store.aggregate(cups, { ...plain, measures }))[0]?.values).toEqual({
        tea: "tea",
        ...counts,
      });
});

test("measures may have any names, also those that a store's own question could use", async () => {
  const odd = defineCube({
    ...cupsDefinition,
    measures: {
      t: sum("sugar", "Lumps."),
      v: sum("price", "Money."),
      d0: sum("size", "Sizes."),
      p: count("Cups."),
      s: max("size", "Largest."),
      k0: count("Cups."),
      kTea: count("Cups."),
      setIndex: count("Cups."),
      guests: countDistinct("guest", "Guests."),
      bills: countDistinct("bill", "Bills."),
    },
  });
  const none = { soldOn: null, servedAt: null, serial: null };
  const same = { ...none, room: 1, price: "1.500", fate: "drunk" };
  const rows: readonly Fact[] = Array.from({ length: 12 }, (_, cupId) => {
    const counted = { guest: cupId % 4, bill: cupId % 5, sugar: cupId };
    return { ...same, ...counted, cupId, tea: cupId % 2 ? "tea" : null, size: cupId % 3 };
  });
  await pour(rows);
  const measures = Object.keys(odd.cube.measures);
  for (const sets of [[["tea"]], [["tea"], ["size"], []]]) {
    const asked: CubeQuery = { ...plain, sets, measures };
    const expected = expectRows(odd, rows, asked, { where: () => true, having: () => true });
    const shown = (found: readonly CubeRow[]) =>
      found.map(({ groupedBy, values }) => [
        groupedBy,
        [...groupedBy, ...measures].map((name) => values[name]),
      ]);
    for (const store of [createLiveStore(database.admin), createMirrorStore(database.mongo)])
      expect(shown(await store.aggregate(odd, asked)), store.name).toEqual(shown(expected));
  }
});

test("a decimal has all its digits, also of a column that has fewer", async () => {
  await database.admin.query("create or replace table spoon (spoon_id int primary key, weight decimal(5,1))");
  const spoons = defineCube({
    name: "spoon",
    typeName: "Spoon",
    description: "Spoons.",
    key: "spoonId",
    fields: { spoonId: int("Number."), weight: decimal("Weight.", 3, { filter: true, nullable: true }) },
    dimensions: ["weight"],
    measures: { weights: sum("weight", "Sum."), heaviest: max("weight", "Greatest.") },
  });
  await database.admin.run("insert into spoon values (1, 12.5), (2, null)");
  const measures = ["weights", "heaviest"];
  const found = await createLiveStore(database.admin).aggregate(spoons, {
    ...plain,
    sets: [["weight"]],
    measures,
  });
  expect(found.map(({ values }) => values)).toEqual([
    { weight: null, weights: "0.000", heaviest: null },
    { weight: "12.500", weights: "12.500", heaviest: "12.500" },
  ]);
});

test("a fact with a text outside its closed set is told of by both stores, not shown as a group", async () => {
  const fact = {
    tea: "tea",
    size: 2,
    soldOn: null,
    servedAt: null,
    serial: null,
    guest: 1,
    room: 1,
    bill: 1,
    price: null,
    sugar: 1,
  };
  await pour([{ ...fact, cupId: 1, fate: "spillt" }]);
  for (const store of [createLiveStore(database.admin), createMirrorStore(database.mongo)])
    await expect(store.aggregate(cups, { ...plain, sets: [["fate"]] }), store.name).rejects.toMatchObject({
      code: "DOCUMENT_INVALID",
      message: 'cup: fate of some fact is "spillt", which is none of its values: drunk, half-drunk, spilt.',
    });
});

test.each([
  ["an unknown dimension", { sets: [["colour"]] }, 'dimension "colour"'],
  ["a dimension by the name of a measure", { sets: [["money"]] }, 'dimension "money"'],
  ["an unknown measure", { measures: ["profit"] }, 'measure "profit"'],
  ["an order by what is neither", { orderBy: [{ field: "taste", direction: "asc" as const }] }, '"taste"'],
  [
    "an order by a dimension that nothing is grouped by",
    { orderBy: [{ field: "size", direction: "asc" as const }] },
    '"size"',
  ],
])("%s is refused by both stores with a sentence that names it", async (_what, change, named) => {
  const query = { ...plain, ...change };
  for (const store of [createLiveStore(database.admin), createMirrorStore(database.mongo)])
    await expect(store.aggregate(cups, query), store.name).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining(named),
    });
});

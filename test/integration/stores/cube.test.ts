import fc from "fast-check";
import { Long } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { average, count, countDistinct, defineCube, sum } from "../../../src/models/cube.ts";
import { date, decimal, int, string } from "../../../src/models/field.ts";
import { compileBsonCodec } from "../../../src/stores/conversion/bson.ts";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { expectRows, type Fact } from "../../support/cube-oracle.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const nullable = { filter: true, nullable: true } as const;
const cups = defineCube({
  name: "cup",
  typeName: "Cup",
  description: "Cups of tea.",
  key: "cupId",
  fields: {
    cupId: int("Number.", { filter: true }),
    tea: string("Kind of tea.", nullable),
    size: int("Size.", nullable),
    soldOn: date("Day.", nullable),
    guest: int("Guest.", nullable),
    room: int("Room of the guest.", nullable),
    bill: int("Bill.", nullable),
    price: decimal("Price.", 3, nullable),
    sugar: int("Lumps.", nullable),
  },
  dimensions: ["tea", "size", "soldOn"],
  measures: {
    cups: count("Cups."),
    money: sum("price", "Money."),
    sugar: sum("sugar", "Lumps."),
    guests: countDistinct("guest", "Guests.", { within: "room" }),
    rooms: countDistinct("room", "Rooms."),
    bills: countDistinct("bill", "Bills."),
    perGuest: average("money", "guests", 2, "Money per guest."),
    perCup: average("sugar", "cups", 1, "Lumps per cup."),
  },
});
const dimensions = Object.keys(cups.cube.dimensions);
const measures = Object.keys(cups.cube.measures);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await database.admin.run(
    `create table cup (document_id int primary key, tea varchar(20), size int, sold_on date, guest int, room int, bill int,
      price decimal(9, 3), sugar int) default charset = utf8mb4 collate = utf8mb4_nopad_bin`,
  );
});
afterAll(() => database?.close());

async function pour(facts: readonly Fact[]) {
  const codec = compileBsonCodec(cups);
  const collection = database.mongo.db.collection<Record<string, unknown>>("cup");
  await database.admin.run("delete from cup");
  await collection.deleteMany({});
  if (facts.length === 0) return;
  const rows = facts.map((f) => [
    f.cupId,
    f.tea,
    f.size,
    f.soldOn,
    f.guest,
    f.room,
    f.bill,
    f.price,
    f.sugar,
  ]);
  await database.admin.run("insert into cup values ?", [rows]);
  await collection.insertMany([
    ...facts.map((fact) => ({ _id: fact.cupId, _v: Long.ONE, _h: "", ...codec.toBson(fact) }) as never),
    // A tombstone is no fact.
    { _id: -1, _v: Long.ONE, _del: true, _at: new Date() } as never,
  ]);
}

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });
const teas = ["", "Earl Grey", "earl grey", "Grün", "Ä", "\u{1F375}", "\uFFFD", "tea ", "tea"];
const day = fc.date({ min: new Date("2019-12-20"), max: new Date("2021-01-10"), noInvalidDate: true });
const facts = fc
  .array(
    fc.record({
      tea: orNull(fc.constantFrom(...teas)),
      size: orNull(fc.integer({ min: -2, max: 2 })),
      soldOn: orNull(day.map((moment) => moment.toISOString().slice(0, 10))),
      guest: orNull(fc.integer({ min: 1, max: 4 })),
      bill: orNull(fc.integer({ min: 1, max: 8 })),
      price: orNull(fc.integer({ min: -99_999, max: 999_999 }).map((n) => (n / 1000).toFixed(3))),
      sugar: orNull(fc.integer({ min: -3, max: 2 ** 31 - 1 })),
    }),
    { maxLength: 25 },
  )
  .map((rows): readonly Fact[] =>
    rows.map(({ guest, ...row }, cupId) => ({
      cupId,
      ...row,
      guest,
      // A guest has one room, or none that is known; a room may be known without its guest.
      room: guest === null ? row.size : guest === 4 ? null : guest % 2,
    })),
  );

/** A filter and what it means. */
interface Condition {
  readonly filter: Filter;
  readonly holds: (values: Readonly<Record<string, string | number | null>>) => boolean;
}
const compared = (field: string, value: string | number): Condition[] =>
  (["eq", "ne", "lt", "gte"] as const).map((operator) => ({
    filter: { kind: "compare", field, operator, value },
    holds: (values) => {
      const found = values[field] ?? null;
      if (found === null) return operator === "ne";
      const [a, b] =
        typeof value === "number" ? [Number(found), value] : [Buffer.from(`${found}`), Buffer.from(value)];
      const order = Buffer.isBuffer(a) ? Buffer.compare(a, b as Buffer) : a - Number(b);
      return { eq: order === 0, ne: order !== 0, lt: order < 0, gte: order >= 0 }[operator];
    },
  }));
const combined = (leaves: readonly Condition[]): fc.Arbitrary<Condition | null> =>
  fc.option(
    fc.tuple(fc.constantFrom(...leaves), fc.constantFrom(...leaves), fc.constantFrom("and", "or", "not")).map(
      ([a, b, kind]): Condition =>
        kind === "not"
          ? { filter: { kind: "not", filter: a.filter }, holds: (v) => !a.holds(v) }
          : {
              filter: { kind: kind === "and" ? "and" : "or", filters: [a.filter, b.filter] },
              holds: (v) => (kind === "and" ? a.holds(v) && b.holds(v) : a.holds(v) || b.holds(v)),
            },
    ),
    { freq: 2 },
  );
const isNull = (field: string): Condition => ({
  filter: { kind: "isNull", field, isNull: true },
  holds: (values) => (values[field] ?? null) === null,
});
const where = combined([
  ...compared("tea", "earl grey"),
  ...compared("size", 0),
  ...compared("soldOn", "2020-06-30"),
  isNull("price"),
]);
const having = combined([
  ...compared("cups", 2),
  ...compared("guests", 1),
  ...["money", "perGuest"].map(
    (field): Condition => ({
      filter: { kind: "compare", field, operator: "gte", value: "100.00" },
      holds: (values) => Number(values[field] ?? Number.NaN) >= 100,
    }),
  ),
  isNull("perGuest"),
]);

const query = fc
  .record({
    sets: fc.array(fc.subarray(dimensions, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    measures: fc.subarray(measures),
    where,
    having,
    order: fc.array(fc.tuple(fc.nat(), fc.constantFrom("asc" as const, "desc" as const)), { maxLength: 2 }),
    limit: fc.constantFrom(0, 1, 3, 1000),
    withTies: fc.boolean(),
  })
  .map(({ order, ...rest }) => {
    const names = [...new Set([...rest.sets.flat(), ...measures])];
    const orderBy = order.map(([n, direction]) => ({ field: names[n % names.length] ?? "cups", direction }));
    return { ...rest, orderBy };
  });

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

import fc from "fast-check";
import { Long } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { printRollUpView } from "../../../src/migrations/roll-up-views.ts";
import { defineCube } from "../../../src/models/cube.ts";
import { string } from "../../../src/models/field.ts";
import { compileBsonCodec } from "../../../src/stores/conversion/bson.ts";
import { type CubeQuery, filterFields } from "../../../src/stores/cube-store.ts";
import { readDocuments } from "../../../src/stores/mariadb/live-documents.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import type { MariaDbConnection } from "../../../src/stores/mariadb/mariadb.ts";
import { readView } from "../../../src/stores/mariadb/text-columns.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { planRollUps } from "../../../src/stores/plan-roll-up.ts";
import { expectRows, type Fact } from "../../support/cube-oracle.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { withWindows } from "./cup-windows.ts";
import { type CupsQuestion, facts as cupFacts, cupsDefinition, queryBy } from "./cups.ts";
import { toColumns } from "./pour-cups.ts";

const rolled = defineCube({
  ...cupsDefinition,
  fields: {
    ...cupsDefinition.fields,
    guestName: string("Name of the guest.", { filter: true, nullable: true }),
  },
  dimensions: [...cupsDefinition.dimensions, "guest", "guestName", "room"],
  determinedBy: { guestName: "guest" },
  rollups: [
    { by: ["soldOnMonth", "tea"], measures: ["cups", "money", "drunkCups", "perCup"] },
    { by: ["soldOnWeek", "fate"], measures: ["cups", "drunkMoney", "sweetSugar"] },
    { by: ["soldOn", "size", "tea"], measures: ["cups", "sugar", "money", "drunkMoney"] },
    {
      by: ["size", "guest"],
      measures: ["guests", "drunkGuests", "money", "perGuest", "drunkMoney", "perDrinker"],
    },
    { by: ["room"], measures: ["guests", "rooms", "drunkRooms", "drunkGuests"] },
    {
      by: ["servedAtDay", "servedAtHour"],
      measures: ["cups", "cheapest", "dearestDrunk", "lastSerial", "sugar"],
    },
    {
      by: ["fate", "servedAtWeekday"],
      measures: ["firstDay", "lastSweet", "leastSugar", "pricedMoney", "perPriced"],
    },
  ],
});

/** Two guests of one name, and one without. */
const names = [null, "Kim", "Lee", "Kim", null];
const facts = cupFacts.map((rows): readonly Fact[] =>
  rows.map((row) => ({ ...row, guestName: names[Number(row.guest)] ?? null })),
);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await database.admin.run(
    `create table cup (cup_id int primary key, tea varchar(20), size int, sold_on date, served_at datetime(3),
      serial bigint, guest int, room int, bill int, price decimal(9, 3), sugar int,
      fate varchar(20) collate utf8mb4_general_ci, guest_name varchar(20)) default charset = utf8mb4 collate = utf8mb4_nopad_bin`,
  );
  for (const model of rolled.cube.rollUps)
    await database.admin.run(printRollUpView(model, await readView(database.admin, rolled)));
});
afterAll(() => database?.close());

/** Facts in MariaDB, and the documents of every roll-up in both stores, each read by its id too. */
async function pour(rows: readonly Fact[]) {
  const { admin, mongo } = database;
  await admin.run("delete from cup");
  if (rows.length > 0)
    await admin.run("insert into cup values ?", [rows.map((row) => [...toColumns(row), row.guestName])]);
  const live = createLiveStore(admin);
  for (const model of rolled.cube.rollUps) {
    const documents: Record<string, unknown>[] = [];
    for await (const document of live.stream(model, null)) documents.push(document);
    const ids = documents.map((document) => String(document.groupId));
    const found = await live.findByIds(model, ids);
    expect(ids.map((id) => found.get(id))).toEqual(documents);
    for (const id of ids) expect((await live.findByIds(model, [id])).get(id)).toEqual(found.get(id));
    const codec = compileBsonCodec(model);
    const collection = mongo.db.collection(model.name);
    await collection.deleteMany({});
    if (documents.length > 0)
      await collection.insertMany(
        documents.map((one) => ({ _id: one.groupId, _v: Long.ONE, _h: "", ...codec.toBson(one) }) as never),
      );
  }
}

const isNamed: NonNullable<CupsQuestion["where"]> = {
  filter: { kind: "compare", field: "guestName", operator: "eq", value: "Kim" },
  holds: ({ guestName }) => guestName === "Kim",
};

/** A question narrowed to what one of the roll-ups holds: of random ones few are. */
const question = fc.constantFrom(...rolled.cube.rollUps).chain(({ cube }) => {
  const isHeld = (name: string) => name in cube.measures;
  const narrow = ([asked, isOfName]: readonly [CupsQuestion, boolean]) => ({
    ...asked,
    where: isOfName && asked.where === null ? isNamed : asked.where,
    sets: asked.sets.map((set) => set.filter((key) => key in cube.dimensions)),
    measures: asked.measures.filter(isHeld),
    having: filterFields(asked.having?.filter ?? null).every(isHeld) ? asked.having : null,
    orderBy: asked.orderBy.filter(
      ({ field }) =>
        isHeld(field) || asked.sets.some((set) => set.includes(field) && field in cube.dimensions),
    ),
  });
  return withWindows(fc.tuple(queryBy(Object.keys(cube.dimensions)), fc.boolean()).map(narrow), () =>
    Object.keys(cube.measures).filter(isHeld),
  );
});

test("every roll-up that covers a question gives the rows that its facts give, whatever they are", async () => {
  const mirror = createMirrorStore(database.mongo);
  const answered = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(facts, fc.array(question, { minLength: 10, maxLength: 40 }), async (rows, queries) => {
      await pour(rows);
      for (const asked of queries) {
        const plain: CubeQuery = {
          ...asked,
          where: asked.where?.filter ?? null,
          having: asked.having?.filter ?? null,
        };
        const plans = planRollUps(rolled, plain);
        if (plans.length === 0) continue;
        const expected = expectRows(rolled, rows, plain, {
          where: asked.where?.holds ?? (() => true),
          having: asked.having?.holds ?? (() => true),
        });
        const wanted = [...new Set(plain.sets.flat()), ...plain.measures];
        const shown = (found: Awaited<ReturnType<typeof mirror.aggregate>>) =>
          found.map(({ groupedBy, values, windows }) => [
            groupedBy,
            wanted.map((name) => values[name] ?? null),
            windows ?? [],
          ]);
        for (const { rollUp, query: rolledQuery } of plans) {
          answered.set(rollUp.name, (answered.get(rollUp.name) ?? 0) + 1);
          expect(shown(await mirror.aggregate(rollUp, rolledQuery)), rollUp.name).toEqual(shown(expected));
        }
      }
    }),
    { numRuns: 30 },
  );
  for (const { name } of rolled.cube.rollUps) expect(answered.get(name), name).toBeGreaterThan(20);
}, 600_000);

test("an id that is none of a group, or none at all, finds nothing", async () => {
  await pour([
    {
      cupId: 1,
      tea: "tea",
      size: 1,
      soldOn: "2020-02-29",
      guest: 1,
      room: 1,
      bill: 1,
      price: "1.000",
      sugar: 1,
      fate: "drunk",
      guestName: "Kim",
    },
  ]);
  const live = createLiveStore(database.admin);
  const [byMonth] = rolled.cube.rollUps;
  if (!byMonth) throw new Error("There is no roll-up.");
  const ids = [
    '["2020-02-01", "Tea"]',
    '["2020-02-01","tea"]',
    "[]",
    "x",
    '["0000-00-00", "tea"]',
    "[null, null]",
    '["2020-02-01", "tea"]',
  ];
  expect([...(await live.findByIds(byMonth, ids)).keys()]).toEqual(['["2020-02-01", "tea"]']);
});

test("many groups are asked for in order: a statement is of the days of its own groups, and finds them all", async () => {
  const days = Array.from({ length: 3000 }, (_, at) =>
    new Date(Date.UTC(2000, 0, 1 + at)).toISOString().slice(0, 10),
  );
  await database.admin.run("delete from cup");
  await database.admin.run("insert into cup (cup_id, sold_on) values ?", [
    days.map((soldOn, at) => [at, soldOn]),
  ]);
  const [, , byDay] = rolled.cube.rollUps;
  if (!byDay) throw new Error("There is no roll-up.");
  // In no order, as changes come.
  const ids = days.map((_, at) =>
    JSON.stringify([days[(at * 1009) % 3000], null, null]).replaceAll(",", ", "),
  );
  const asked: (readonly [string, string])[] = [];
  const found = await database.admin.withConnection((connection) => {
    const queryCounted: MariaDbConnection["queryCounted"] = (sql, values) => {
      const bounds = (values ?? []).filter((value) => /^\d{4}-\d\d-\d\d$/.test(String(value))).map(String);
      asked.push([bounds.sort()[0] ?? "", bounds.at(-1) ?? ""]);
      return connection.queryCounted(sql, values);
    };
    return readDocuments({ ...connection, queryCounted }, byDay, ids);
  });
  expect([...found.documents.keys()].sort()).toEqual([...ids].sort());
  expect(asked.length).toBeGreaterThan(2);
  // Each begins where the one before ends.
  expect(asked.slice(1).map(([from]) => from)).toEqual(asked.slice(0, -1).map(([, below]) => below));
});

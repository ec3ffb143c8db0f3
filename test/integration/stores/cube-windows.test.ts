import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { expectRows, type Fact } from "../../support/cube-oracle.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { withWindows } from "./cup-windows.ts";
import { cups, facts, query } from "./cups.ts";
import { createCups, pourCups } from "./pour-cups.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await createCups(database);
});
afterAll(() => database?.close());

const dates = Object.values(cups.cube.dimensions).flatMap(({ name, type }) =>
  type.kind === "date" ? [name] : [],
);

/** The same over dates that have others before them, and with all rows. */
const byDate = fc
  .tuple(query, fc.constantFrom(...dates), fc.subarray(["fate", "soldOnYear"]))
  .map(([asked, date, others]) => ({
    ...asked,
    ...{ sets: [[date, ...others.filter((other) => other !== date)], []], where: null, having: null },
    ...{ orderBy: [], limit: 1000 as const },
  }));
const windowed = fc.oneof(withWindows(query), withWindows(byDate));

/** Days near each other, and those that a year before has or lacks. */
const near = fc.constantFrom(
  ...["2019-01-01", "2019-02-28", "2019-03-01", "2019-12-30", "2019-12-31", "2020-01-01", "2020-02-29"],
  ...["2020-03-01", "2020-12-28", "2020-12-31", "2021-01-03", "2021-01-04", "2021-02-28", "2021-03-01"],
);
const nearFacts = fc.tuple(facts, fc.infiniteStream(near)).map(([rows, days]): readonly Fact[] =>
  rows.map((row) => {
    const [soldOn, servedOn] = [days.next().value, days.next().value];
    return {
      ...row,
      soldOn: row.soldOn === null ? null : soldOn,
      servedAt: row.servedAt === null ? null : `${servedOn}T${String(row.servedAt).slice(11)}`,
    };
  }),
);

test("windows and the first of each part are those of the definition, for any facts and any query, in both stores", async () => {
  const live = createLiveStore(database.admin);
  const mirror = createMirrorStore(database.mongo);
  let previous = 0;
  await fc.assert(
    fc.asyncProperty(nearFacts, fc.array(windowed, { minLength: 1, maxLength: 8 }), async (rows, queries) => {
      await pourCups(database, rows);
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
        const keys = [...new Set(plain.sets.flat())];
        const shown = (found: Awaited<ReturnType<typeof live.aggregate>>) =>
          found.map(({ groupedBy, values, windows }) => [
            groupedBy,
            keys.map((name) => (groupedBy.includes(name) ? values[name] : null)),
            windows ?? [],
          ]);
        plain.windows?.forEach(({ kind, measures: [name = ""] }, at) => {
          if (kind === "previous")
            previous += expected.filter(({ windows }) => (windows?.[at]?.[name] ?? null) !== null).length;
        });
        expect(shown(await live.aggregate(cups, plain)), "live").toEqual(shown(expected));
        expect(shown(await mirror.aggregate(cups, plain)), "mirror").toEqual(shown(expected));
      }
    }),
    { numRuns: 100 },
  );
  // What is null everywhere was not judged.
  expect(previous).toBeGreaterThan(4);
}, 120_000);

const blank = { tea: null, size: null, servedAt: null, serial: null, guest: null, room: null, bill: null };
const sold = (cupId: number, soldOn: string | null, price: string, fate: string | null = null) =>
  ({ ...blank, cupId, soldOn, price, sugar: null, fate }) satisfies Fact;
const bare: CubeQuery = {
  ...{ sets: [["soldOnMonth"]], measures: ["money"], where: null, having: null, orderBy: [] },
  ...{ limit: 100, withTies: false },
};
const stores = () => [createLiveStore(database.admin), createMirrorStore(database.mongo)];

test("the month before a gap is not the one after it, and a month has its like in the year before", async () => {
  await pourCups(database, [
    sold(1, "2019-01-31", "1.000"),
    sold(2, "2019-12-01", "2.000"),
    sold(3, "2020-01-15", "3.000"),
    sold(4, "2020-03-15", "4.000"),
    sold(5, null, "5.000"),
  ]);
  const step = (name: "period" | "year") =>
    ({ kind: "previous", measures: ["money"], over: "soldOnMonth", step: name }) as const;
  for (const store of stores()) {
    const rows = await store.aggregate(cups, { ...bare, windows: [step("period"), step("year")] });
    expect(
      rows.map(({ values, windows }) => [values.soldOnMonth, ...(windows ?? []).map((w) => w.money)]),
    ).toEqual([
      [null, null, null],
      ["2019-01-01", null, null],
      ["2019-12-01", null, null],
      ["2020-01-01", "2.000", "1.000"],
      ["2020-03-01", null, null],
    ]);
  }
});

test("shares are of all groups, whichever of them having, order and limit leave, and null of nothing", async () => {
  await pourCups(database, [
    sold(1, "2020-01-01", "1.000", "drunk"),
    sold(2, "2020-01-01", "2.000", "spilt"),
    sold(3, "2020-02-01", "3.000", "drunk"),
    sold(4, "2020-03-01", "-1.000", "drunk"),
    sold(5, "2020-03-01", "1.000", "spilt"),
  ]);
  const query: CubeQuery = {
    ...bare,
    sets: [["soldOnMonth", "fate"], []],
    having: { kind: "compare", field: "money", operator: "gte", value: "1.000" },
    windows: [
      { kind: "share", measures: ["money"], within: [] },
      { kind: "share", measures: ["money"], within: ["soldOnMonth"] },
    ],
  };
  for (const store of stores()) {
    const rows = await store.aggregate(cups, query);
    expect(rows.map(({ values, windows }) => [values.money, ...(windows ?? []).map((w) => w.money)])).toEqual(
      [
        ["1.000", "0.166667", "0.333333"],
        ["2.000", "0.333333", "0.666667"],
        ["3.000", "0.500000", "1.000000"],
        ["1.000", "0.166667", null],
        ["6.000", "1.000000", "1.000000"],
      ],
    );
  }
});

test.each<[string, Partial<CubeQuery>, string]>([
  [
    "a window within what nothing is grouped by",
    { windows: [{ kind: "share", measures: ["money"], within: ["tea"] }] },
    'is grouped by no "tea"',
  ],
  [
    "the share of an average",
    { windows: [{ kind: "share", measures: ["perCup"], within: [] }] },
    'cannot add up "perCup"',
  ],
  [
    "the running total of distinct values",
    { windows: [{ kind: "runningTotal", measures: ["guests"], within: [], orderBy: [] }] },
    'cannot add up "guests"',
  ],
  [
    "the value before of what has no periods",
    { sets: [["tea"]], windows: [{ kind: "previous", measures: ["money"], over: "tea", step: "period" }] },
    'has no periods by "tea"',
  ],
  [
    "the first within what nothing is grouped by",
    { topPerGroup: { by: ["fate"], limit: 1, orderBy: [] } },
    'is grouped by no "fate"',
  ],
])("%s is refused by both stores", async (_what, change, named) => {
  for (const store of stores())
    await expect(store.aggregate(cups, { ...bare, ...change }), store.name).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining(named),
    });
});

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import { toGroupFilters } from "../../../src/stores/group-filter.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { cups, facts } from "./cups.ts";
import { createCups, pourCups } from "./pour-cups.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await createCups(database);
});
afterAll(() => database?.close());

const sets = fc.array(fc.subarray(Object.keys(cups.cube.dimensions), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
});

/** The last week of the calendar ends after its last day. */
const ends = fc.constantFrom("9999-12-31", "9999-12-26", "1000-01-01");
const someFacts = fc
  .tuple(facts, ends)
  .map(([rows, end]) =>
    rows.map((row, at) => (at === 0 ? { ...row, soldOn: end, servedAt: `${end}T23:59:59.999Z` } : row)),
  );

test("each row leads to as many facts as it counts, and the rows of a set to each fact once, in both stores", async () => {
  const { admin, mongo } = database;
  const stores = [createLiveStore(admin), createMirrorStore(mongo)];
  await fc.assert(
    fc.asyncProperty(someFacts, fc.array(sets, { minLength: 1, maxLength: 4 }), async (rows, questions) => {
      await pourCups(database, rows);
      for (const asked of questions)
        for (const store of stores) {
          const query: CubeQuery = {
            ...{ sets: asked, measures: ["cups"], where: null, having: null, orderBy: [] },
            ...{ limit: 1000, withTies: false },
          };
          const ofSet = new Map<string, unknown[]>();
          for (const row of await store.aggregate(cups, query)) {
            const where = { kind: "and", filters: toGroupFilters(cups, row) } as const;
            const page = { where, orderBy: [], after: null, before: null, limit: 100, fromEnd: false };
            const found = await store.findPage(cups, page);
            expect(found.length, `${store.name} ${JSON.stringify(row)}`).toBe(row.values.cups);
            const name = JSON.stringify(row.groupedBy);
            ofSet.set(name, [...(ofSet.get(name) ?? []), ...found.map(({ cupId }) => cupId)]);
          }
          const all = rows.map(({ cupId }) => cupId);
          for (const set of asked) {
            const times = asked.filter((one) => JSON.stringify(one) === JSON.stringify(set)).length;
            const met = ofSet.get(JSON.stringify(set)) ?? [];
            expect([...met].sort(), store.name).toEqual(all.flatMap((id) => Array(times).fill(id)).sort());
          }
        }
    }),
    { numRuns: 20 },
  );
}, 240_000);

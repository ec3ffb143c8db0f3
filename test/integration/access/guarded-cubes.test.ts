import fc from "fast-check";
import { Long } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGuard } from "../../../src/access/guard.ts";
import { projectForRole } from "../../../src/access/project-for-role.ts";
import { printRollUpView } from "../../../src/migrations/roll-up-views.ts";
import { defineAccess } from "../../../src/models/access.ts";
import { type CubeModel, defineCube } from "../../../src/models/cube.ts";
import { compileBsonCodec } from "../../../src/stores/conversion/bson.ts";
import { type CubeQuery, type CubeRow, filterFields } from "../../../src/stores/cube-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { readView } from "../../../src/stores/mariadb/text-columns.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { planRollUps } from "../../../src/stores/plan-roll-up.ts";
import { expectRows, type Fact } from "../../support/cube-oracle.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { fitsRule, type RandomRule, randomRule } from "../../support/random-rules.ts";
import { guardOf } from "../../support/role-of.ts";
import { withWindows } from "../stores/cup-windows.ts";
import { type CupsQuestion, cupsDefinition, facts, query, queryBy } from "../stores/cups.ts";
import { createCups, pourCups } from "../stores/pour-cups.ts";

const guests = ["cups", "money", "sugar", "guests", "drunkCups", "drunkMoney", "perGuest"] as const;
const ruled = defineCube({
  ...cupsDefinition,
  dimensions: [...cupsDefinition.dimensions, "guest", "room"],
  people: "guests",
  rollups: [
    { by: ["room"], measures: ["guests", "rooms", "drunkRooms", "drunkGuests"] },
    { by: ["size", "guest"], measures: guests },
    { by: ["soldOnMonth", "tea"], measures: ["cups", "money", "drunkCups", "perCup"] },
    { by: ["tea", "fate", "size"], measures: ["cups", "money", "sugar", "drunkMoney", "sweetSugar"] },
  ],
});

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await createCups(database);
  for (const model of ruled.cube.rollUps)
    await database.admin.run(printRollUpView(model, await readView(database.admin, ruled)));
});
afterAll(() => database?.close());

/** Facts in both stores, and the groups of every roll-up in the mirror. */
async function pour(rows: readonly Fact[]) {
  await pourCups(database, rows);
  const live = createLiveStore(database.admin);
  for (const model of ruled.cube.rollUps) {
    const collection = database.mongo.db.collection(model.name);
    const codec = compileBsonCodec(model);
    await collection.deleteMany({});
    const groups: never[] = [];
    for await (const one of live.stream(model, null))
      groups.push({ _id: one.groupId, _v: Long.ONE, _h: "", ...codec.toBson(one) } as never);
    if (groups.length > 0) await collection.insertMany(groups);
  }
}

const values = {
  tea: fc.constantFrom("tea", "Ä", "earl grey"),
  size: fc.integer({ min: -2, max: 2 }),
  fate: fc.constantFrom("drunk", "half-drunk", "spilt"),
  soldOn: fc.constantFrom("2020-02-01", "2020-06-30", "2020-12-31"),
  guest: fc.integer({ min: 1, max: 4 }),
  room: fc.integer({ min: -1, max: 1 }),
};
const { tea, size, fate, guest, room } = values;
/** Over anything, and over what one of the roll-ups tells apart. */
const rule = fc.oneof(
  ...[values, { tea, size, fate }, { size, guest }, { room }].map((of) => randomRule(ruled, of)),
);

/** Any question, and one narrowed to what one of the roll-ups holds: of random ones few are. */
const narrowed = fc.constantFrom(...ruled.cube.rollUps).chain(({ cube }) => {
  const isHeld = (name: string) => name in cube.measures;
  const narrow = (one: CupsQuestion) => ({
    ...one,
    sets: one.sets.map((set) => set.filter((key) => key in cube.dimensions)),
    measures: one.measures.filter(isHeld),
    having: filterFields(one.having?.filter ?? null).every(isHeld) ? one.having : null,
    where: filterFields(one.where?.filter ?? null).every((name) => name in cube.dimensions)
      ? one.where
      : null,
    orderBy: one.orderBy.filter(
      ({ field }) => isHeld(field) || one.sets.some((set) => set.includes(field) && field in cube.dimensions),
    ),
  });
  return withWindows(queryBy(Object.keys(cube.dimensions)).map(narrow), () =>
    Object.keys(cube.measures).filter(isHeld),
  );
});
const question = fc.oneof(
  withWindows(query, () => Object.keys(ruled.cube.measures)),
  narrowed,
);

/** The cube as a role with this rule and least group has it, and a guard of somebody who has that. */
function openRole({ rule: where, claims }: RandomRule, leastGroup: number) {
  const access = defineAccess({
    roles: { guest: { description: "Somebody.", leastGroup, models: { cup: { where } } } },
  });
  // The check at start lets a least group have measures of its people's facts only; what is behind it does not rely on that.
  const domain = { name: "tea", description: "Tea.", models: [ruled], access };
  const own = projectForRole({ sql: "sql", domains: [domain] }, "guest");
  const guard = createGuard(own, { name: "somebody", role: "guest", claims, expiresAt: null });
  const shown = own.rights.get("cup")?.shown as CubeModel; // the role names it
  return { shown, guard };
}

test("groups are of the facts and people that a rule leaves, from facts and roll-ups of both stores", async () => {
  const plain = { live: createLiveStore(database.admin), mirror: createMirrorStore(database.mongo) };
  const answered = { facts: 0, rollUps: 0, few: 0, refused: 0 };
  const cases = fc.tuple(
    facts,
    rule,
    fc.integer({ min: 1, max: 3 }),
    fc.array(question, { minLength: 8, maxLength: 16 }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([rows, own, leastGroup, questions]) => {
      await pour(rows);
      const { guard, shown } = openRole(own, leastGroup);
      const stores = guard.stores(plain);
      const theirs = rows.filter((row) => fitsRule(ruled, own, row));
      for (const one of questions) {
        const plainly: CubeQuery = {
          ...one,
          where: one.where?.filter ?? null,
          having: one.having?.filter ?? null,
        };
        const isOfOne = filterFields(plainly.where).some((name) => name === "guest" || name === "cupId");
        if (leastGroup > 1 && isOfOne) {
          const code = { code: "FORBIDDEN" };
          for (const store of [stores.live, stores.mirror])
            await expect(store.aggregate(shown, plainly)).rejects.toMatchObject(code);
          answered.refused += 1;
          continue;
        }
        const isThere = (values: Readonly<Record<string, unknown>>) => Number(values.guests) >= leastGroup;
        const expected = expectRows(ruled, theirs, plainly, {
          where: one.where?.holds ?? (() => true),
          having: one.having?.holds ?? (() => true),
          ...(leastGroup > 1 ? { present: isThere } : {}),
        });
        const wanted = [...new Set(plainly.sets.flat()), ...plainly.measures];
        const told = (found: readonly CubeRow[]) =>
          found.map(({ groupedBy, values, windows }) => [
            groupedBy,
            wanted.map((name) => values[name] ?? null),
            windows ?? [],
          ]);
        for (const store of [stores.live, stores.mirror]) {
          const found = await store.aggregate(shown, plainly);
          expect(told(found)).toEqual(told(expected));
          const isTold = found.some(({ values }) => "guests" in values);
          if (leastGroup > 1 && isTold) expect(JSON.stringify(plainly)).toMatch(/guests|perGuest/);
        }
        answered.facts += 1;
        if (leastGroup > 1) answered.few += 1;
        for (const plan of planRollUps(shown, plainly)) {
          const found = await stores.mirror.aggregate(plan.rollUp, plan.query);
          expect(told(found), plan.rollUp.name).toEqual(told(expected));
          answered.rollUps += 1;
        }
      }
    }),
    { numRuns: Number(process.env.VITRINE_TEST_RUNS ?? 15) },
  );
  for (const [what, times] of Object.entries(answered)) expect(times, what).toBeGreaterThan(0);
}, 300_000);

test("no fact is given behind groups, nor the groups of a roll-up as documents", async () => {
  const plain = { live: createLiveStore(database.admin), mirror: createMirrorStore(database.mongo) };
  const page = { where: null, orderBy: [], limit: 1, after: null, before: null, fromEnd: false };
  const byRole = openRole({ rule: { size: { gte: 0 } }, claims: {} }, 2).guard;
  // The check at start lets no role have both; what is behind it does not rely on that.
  const few = [ruled, ...ruled.cube.rollUps].map((model) => ({ model, leastGroup: 2, facts: true }));
  for (const guard of [byRole, guardOf(few)])
    for (const store of Object.values(guard.stores(plain)))
      for (const model of [ruled, ...ruled.cube.rollUps]) {
        const code = { code: "FORBIDDEN" };
        await expect(store.findByIds(model, ["1"])).rejects.toMatchObject(code);
        await expect(store.findPage(model, page)).rejects.toMatchObject(code);
        await expect(store.count(model, null)).rejects.toMatchObject(code);
        await expect(store.findVersions(model, "1", { limit: 1, before: null })).rejects.toMatchObject(code);
        const first = store.stream(model, null)[Symbol.asyncIterator]().next();
        await expect(first).rejects.toMatchObject(code);
      }
});

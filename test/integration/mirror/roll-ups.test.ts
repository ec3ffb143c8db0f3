import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import type { CubeQuery, CubeRow } from "../../../src/stores/cube-store.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { planRollUps } from "../../../src/stores/plan-roll-up.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";
import { shopOperation } from "../../support/shop-operations.ts";
import { attempt } from "../../support/soundness.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop?.close());

const compare = (field: string, operator: string, value: string | number): Filter =>
  ({ kind: "compare", field, operator, value }) as Filter;
/** Conditions that groups can be asked, joined and turned at random. */
const { where } = fc.letrec<{ where: Filter }>((tie) => ({
  where: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      compare("placedOn", "gte", "2024-02-01"),
      compare("placedOn", "lte", "2024-01-31"),
      compare("placedOn", "gt", "2024-01-20"),
      compare("state", "eq", "TX"),
      compare("state", "startsWithInsensitive", "c"),
      compare("status", "ne", "cancelled"),
      compare("productId", "lte", 2),
      compare("customerId", "ne", 1),
      { kind: "in", field: "status", negated: true, values: ["shipped"] } as const,
      { kind: "isNull", field: "state", isNull: true } as const,
    ),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      filters: fc.tuple(tie("where"), tie("where")),
    }),
    fc.record({ kind: fc.constant("not" as const), filter: tie("where") }),
  ),
}));
const having = fc.constantFrom<Filter>(
  compare("units", "gt", "3"),
  { kind: "not", filter: compare("revenue", "lt", "100.00") },
  compare("averageOrder", "gte", "50.00"),
);

const question = fc.constantFrom(...sales.cube.rollUps).chain(({ cube }) => {
  const [keys, measures] = [Object.keys(cube.dimensions), Object.keys(cube.measures)];
  return fc
    .record({
      sets: fc.array(fc.subarray(keys, { maxLength: Math.min(3, keys.length) }), {
        minLength: 1,
        maxLength: 4,
      }),
      measures: fc.subarray(measures),
      where: fc.option(where),
      having: fc.option(having, { freq: 3 }),
      order: fc.array(fc.tuple(fc.nat(), fc.constantFrom("asc" as const, "desc" as const)), { maxLength: 2 }),
      limit: fc.constantFrom(0, 1, 3, 1000),
      withTies: fc.boolean(),
    })
    .map(({ order, ...rest }): CubeQuery => {
      const names = [...new Set([...rest.sets.flat(), ...measures])];
      return {
        ...rest,
        orderBy: order.map(([n, direction]) => ({ field: names[n % names.length] ?? "units", direction })),
      };
    });
});

/** A write, and whether the loader follows it before the next one. */
const step = fc.record({ operation: shopOperation, isFollowed: fc.boolean() });

test("after random writes random questions have one answer: of facts live, of facts and of roll-ups in the mirror", async () => {
  const [live, mirror] = [createLiveStore(shop.db), createMirrorStore(shop.mongo)];
  const answered = new Map<string, number>();
  const steps = fc.array(step, { minLength: 1, maxLength: 8 });
  const questions = fc.array(question, { minLength: 10, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, questions, async (writes, asked) => {
      for (const { operation, isFollowed } of writes) {
        await shop.db.withConnection((connection) => attempt(connection, operation));
        if (isFollowed) await shop.mirror();
      }
      await shop.mirror();
      for (const query of asked) {
        const plans = planRollUps(sales, query);
        if (plans.length === 0) continue;
        const shown = (rows: readonly CubeRow[]) =>
          rows.map(({ groupedBy, values }) => [
            groupedBy,
            [...query.sets.flat(), ...query.measures].map((name) => values[name] ?? null),
          ]);
        const expected = shown(await live.aggregate(sales, query));
        expect(shown(await mirror.aggregate(sales, query)), "facts in the mirror").toEqual(expected);
        for (const { rollUp, query: rolled } of plans) {
          expect(shown(await mirror.aggregate(rollUp, rolled)), rollUp.name).toEqual(expected);
          if (expected.length > 0) answered.set(rollUp.name, (answered.get(rollUp.name) ?? 0) + 1);
        }
      }
    }),
    { numRuns: 12 },
  );
  for (const { name } of sales.cube.rollUps) expect(answered.get(name), name).toBeGreaterThan(5);
  expect(await shop.defects()).toEqual([]);
}, 600_000);

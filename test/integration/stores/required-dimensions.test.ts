import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VitrineError } from "../../../src/errors.ts";
import type { CubeQuery, CubeWindow } from "../../../src/stores/cube-store.ts";
import type { OrderTerm } from "../../../src/stores/document-store.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { planRollUps } from "../../../src/stores/plan-roll-up.ts";
import { expectRows } from "../../support/cube-oracle.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { stalls } from "../../support/market/models.ts";
import { createStalls, pourStalls } from "./pour-stalls.ts";
import { showRows, stallQuestion, usedMoney } from "./stall-questions.ts";
import { moneyMeasures, stallFacts } from "./stalls.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await createStalls(database);
});
afterAll(() => database?.close());

const perCurrency = [...moneyMeasures, "perSale", "perTicket"];
const isMoney = (name: string) => perCurrency.includes(name);

/** Whether an order compares money before it has told currencies apart. */
function comparesMoney(orderBy: readonly OrderTerm[]): boolean {
  const first = orderBy.findIndex(({ field }) => isMoney(field));
  return first >= 0 && !orderBy.slice(0, first).some(({ field }) => field === "currency");
}

const addCurrency = (names: readonly string[], isNeeded: boolean): readonly string[] =>
  isNeeded ? [...new Set([...names, "currency"])] : names;

/** The same question with each window and the first of each part within one currency, where they are of money. */
function sayWithin({ windows = [], topPerGroup, ...rest }: CubeQuery): CubeQuery {
  const within = (window: CubeWindow): CubeWindow => {
    if (window.kind === "previous") return window;
    const isNeeded =
      window.measures.some(isMoney) || (window.kind === "runningTotal" && comparesMoney(window.orderBy));
    return { ...window, within: addCurrency(window.within, isNeeded) };
  };
  return {
    ...rest,
    windows: windows.map(within),
    ...(topPerGroup && {
      topPerGroup: { ...topPerGroup, by: addCurrency(topPerGroup.by, comparesMoney(topPerGroup.orderBy)) },
    }),
  };
}

/** One measure per window: each goes by what it requires itself. */
const apart = (query: CubeQuery): CubeQuery => ({
  ...query,
  windows: (query.windows ?? []).flatMap((window) =>
    window.measures.map((name) => ({ ...window, measures: [name] })),
  ),
});

const ofOneCurrency = (query: CubeQuery): boolean =>
  query.where?.kind === "compare" && query.where.field === "currency";

const mixes = (query: CubeQuery): boolean =>
  !ofOneCurrency(query) &&
  ((usedMoney(query).length > 0 && query.sets.some((set) => !set.includes("currency"))) ||
    comparesMoney(query.orderBy));

test("no store answers a question that goes across currencies; all others keep to one, in windows and parts too", async () => {
  const live = createLiveStore(database.admin);
  const mirror = createMirrorStore(database.mongo);
  let [answered, refused, rolled] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      ...([stallFacts, fc.array(stallQuestion, { minLength: 6, maxLength: 16 })] as const),
      async (facts, questions) => {
        await pourStalls(database, facts, []);
        for (const { query: asked, where, having } of questions) {
          const query = apart(asked);
          const ways = [
            () => live.aggregate(stalls, query),
            () => mirror.aggregate(stalls, query),
            ...planRollUps(stalls, query).map((plan) => () => mirror.aggregate(plan.rollUp, plan.query)),
          ];
          if (mixes(query)) {
            refused += 1;
            for (const way of ways) {
              const error = (await way().catch((caught: unknown) => caught)) as VitrineError;
              expect(error.code, error.message).toBe("QUERY_INVALID");
              expect(error.message).toContain("currency");
            }
            continue;
          }
          answered += 1;
          rolled += ways.length - 2;
          const expected = expectRows(stalls, facts, sayWithin(query), { where, having });
          for (const way of ways) expect(showRows(query, await way())).toEqual(showRows(query, expected));
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(answered).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
  expect(rolled).toBeGreaterThan(10);
}, 300_000);

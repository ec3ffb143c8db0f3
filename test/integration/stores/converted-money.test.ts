import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VitrineError } from "../../../src/errors.ts";
import type { CubeModel } from "../../../src/models/cube.ts";
import { convertGroups, findRateDemand } from "../../../src/stores/convert-groups.ts";
import { toPartsQuery } from "../../../src/stores/converted-cube.ts";
import type { CubeQuery, CubeRow } from "../../../src/stores/cube-store.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { readRates } from "../../../src/stores/exchange-rates.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { planRollUps } from "../../../src/stores/plan-roll-up.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { stallRates, stalls } from "../../support/market/models.ts";
import { expectConverted } from "../../support/money-oracle.ts";
import { createStalls, pourStalls } from "./pour-stalls.ts";
import { showRows, stallQuestion } from "./stall-questions.ts";
import { moneyMeasures, rates, stallFacts } from "./stalls.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ migrate: false });
  await createStalls(database);
});
afterAll(() => database?.close());

/** The answer in one currency, from facts or from what gives the same parts. */
async function convert(
  store: DocumentStore,
  query: CubeQuery,
  target: string,
  from: { readonly of?: CubeModel; readonly cube: CubeModel; readonly asked: CubeQuery } = {
    cube: stalls,
    asked: toPartsQuery(stalls, query),
  },
): Promise<readonly CubeRow[]> {
  const parts = { cube: from.of ?? stalls, query, rows: await store.aggregate(from.cube, from.asked) };
  const demand = findRateDemand(parts, target);
  return convertGroups(parts, await readRates(store, stallRates, demand));
}

test("both stores and roll-ups give what converting each fact by itself gives, and refuse what has no rate", async () => {
  const stores = [createLiveStore(database.admin), createMirrorStore(database.mongo)];
  let [answered, refused, rolled] = [0, 0, 0];
  const target = fc.constantFrom("GBP", "EUR");
  const question = fc.tuple(stallQuestion, target);
  await fc.assert(
    fc.asyncProperty(
      ...([stallFacts, rates, fc.array(question, { minLength: 4, maxLength: 12 })] as const),
      async (facts, known, questions) => {
        await pourStalls(database, facts, known);
        for (const [asked, to] of questions) {
          const { query } = asked;
          const expected = expectConverted(
            stalls,
            { facts, rates: known, money: moneyMeasures },
            { ...asked, target: to },
          );
          const parts = toPartsQuery(stalls, query);
          const ways = planRollUps(stalls, parts).map(({ rollUp, query: rolledQuery }) => {
            rolled += 1;
            return () =>
              convert(createMirrorStore(database.mongo), query, to, { cube: rollUp, asked: rolledQuery });
          });
          for (const way of [...stores.map((store) => () => convert(store, query, to)), ...ways])
            if (expected) {
              answered += 1;
              expect(showRows(query, await way())).toEqual(showRows(query, expected));
            } else {
              refused += 1;
              const error = (await way().catch((caught: unknown) => caught)) as VitrineError;
              expect(["RATE_UNKNOWN", "DOCUMENT_INVALID"]).toContain(error.code);
            }
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(answered).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(30);
  expect(rolled).toBeGreaterThan(20);
}, 300_000);

test("of a moment the rate of its day counts, in UTC, to the last millisecond", async () => {
  const byMoment: CubeModel = {
    ...stalls,
    cube: {
      ...stalls.cube,
      conversion: { currency: "currency", date: "paidAtDay", rates: "stall_rate", scale: 6 },
    },
  };
  const sale = { stall: "a", currency: "EUR", soldOn: null, buyer: null, ticket: null, items: 1, tip: null };
  const moments = ["2024-01-04T23:59:59.999Z", "2024-01-05T00:00:00.000Z"];
  await pourStalls(
    database,
    moments.map((paidAt, saleId) => ({ saleId, ...sale, paidAt, amount: "1.00" })),
    ["2024-01-04", "2024-01-05"].map((date, rateId) => ({
      ...{ rateId, currencyFrom: "EUR", currencyTo: "GBP", date },
      rate: `0.${rateId + 1}00001`,
    })),
  );
  const query: CubeQuery = {
    ...{ sets: [["paidAtHour"], []], measures: ["amount"], where: null, having: null, orderBy: [] },
    ...{ limit: 10, withTies: false },
  };
  for (const store of [createLiveStore(database.admin), createMirrorStore(database.mongo)]) {
    const found = await convert(store, query, "GBP", {
      of: byMoment,
      cube: byMoment,
      asked: toPartsQuery(byMoment, query),
    });
    expect(found.map(({ values }) => [values.paidAtHour, values.amount])).toEqual([
      [0, "0.200001"],
      [23, "0.100001"],
      [null, "0.300002"],
    ]);
  }
});

import { expect, test } from "vitest";
import { convertGroups } from "../../../src/stores/convert-groups.ts";
import type { CubeRow } from "../../../src/stores/cube-store.ts";
import { toRates } from "../../../src/stores/exchange-rates.ts";
import { stallRates, stalls } from "../../support/market/models.ts";

const known = (currencyFrom: string, date: string, rate: string) => ({ currencyFrom, date, rate });

test("a day has the rate of the last day before that has one, and the target is worth itself", () => {
  const rates = toRates(stallRates, "GBP", [
    known("EUR", "2024-03-01", "0.500000"),
    known("EUR", "2024-01-05", "0.860000"),
    known("JPY", "2024-01-05", "0.005000"),
    known("EUR", "2024-01-09", "0.870000"),
  ]);
  const found = ["2024-01-05", "2024-01-08", "2024-01-09", "2024-02-29", "2024-03-01", "2031-01-01"];
  expect(found.map((day) => rates.rateOf("EUR", day))).toEqual([
    ...[860_000n, 860_000n, 870_000n, 870_000n, 500_000n, 500_000n],
  ]);
});

test.each([
  [
    "EUR",
    "2024-01-04",
    "RATE_UNKNOWN",
    "stall_rate has no rate from EUR to GBP of 2024-01-04 or a day before.",
  ],
  [
    "USD",
    "2024-01-05",
    "RATE_UNKNOWN",
    "stall_rate has no rate from USD to GBP of 2024-01-05 or a day before.",
  ],
  [
    "JPY",
    "2024-01-07",
    "DOCUMENT_INVALID",
    "the rate from JPY to GBP of 2024-01-06 is 0.000000, and must be above zero",
  ],
  [
    "CHF",
    "2024-01-07",
    "DOCUMENT_INVALID",
    "the rate from CHF to GBP of 2024-01-05 is -1.000000, and must be above zero",
  ],
])("of %s on %s there is none, and the error says so", (currency, day, code, message) => {
  const rates = toRates(stallRates, "GBP", [
    known("EUR", "2024-01-05", "0.860000"),
    known("JPY", "2024-01-05", "0.005000"),
    known("JPY", "2024-01-06", "0.000000"),
    known("CHF", "2024-01-05", "-1.000000"),
  ]);
  expect(() => rates.rateOf(currency, day)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test("two rates of a pair and a day are refused: none of them is the right one", () => {
  const twice = [known("EUR", "2024-01-05", "0.86"), known("EUR", "2024-01-05", "0.87")];
  expect(() => toRates(stallRates, "GBP", twice)).toThrow(
    "stall_rate has two rates from EUR to GBP of 2024-01-05. Leave one of them.",
  );
});

test.each([
  // Half a penny goes away from zero, once per value that is shown: not 0.00 + 0.01.
  [["0.02", "0.02"], "0.250000", "0.01"],
  [["0.02"], "0.250000", "0.01"],
  [["-0.02"], "0.250000", "-0.01"],
  [["-0.01"], "0.250000", "0.00"],
  [["0.01", "0.02"], "0.166667", "0.01"],
  // More digits than a decimal128 has.
  [
    ["99999999999999999999999999999999.99", "0.01"],
    "123456.789012",
    "12345678901200000000000000000000000000.00",
  ],
])("%j at %s are %s, without a digit lost", async (amounts, rate, amount) => {
  const rows = amounts.map((one, at) => partOf(`2024-01-0${at + 1}`, { amount: one }));
  expect((await convertAll(["amount"], rows, rate)).amount).toBe(amount);
});

test("an average is divided from the exact sum, not from the one that is shown", async () => {
  const parts = [partOf("2024-01-01", { amount: "0.01", sales: 1 })];
  expect(await convertAll(["amount", "perSale"], parts, "0.250000")).toMatchObject({
    amount: "0.00",
    perSale: "0.003",
  });
});

const partOf = (soldOn: string, values: CubeRow["values"]): CubeRow => ({
  groupedBy: ["currency", "soldOn"],
  values: { currency: "EUR", soldOn, ...values },
});

/** The total of all parts in pounds. */
async function convertAll(measures: readonly string[], rows: readonly CubeRow[], rate: string) {
  const query = { sets: [[]], measures, where: null, having: null, orderBy: [], limit: 10, withTies: false };
  const rates = toRates(stallRates, "GBP", [known("EUR", "2024-01-01", rate)]);
  const [row] = await convertGroups({ cube: stalls, query, rows }, rates);
  return row?.values ?? {};
}

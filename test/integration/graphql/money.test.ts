import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import market from "../../support/market/vitrine.config.ts";
import { openGatewayOf, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  const sqlDir = fileURLToPath(new URL("../../support/market/sql", import.meta.url));
  gateway = await openGatewayOf({ project: market, sqlDir }, async ({ admin }) => {
    await admin.run(
      "insert into sale (sale_id, stall, currency, sold_on, buyer, ticket, items, amount, tip) values ?",
      [
        [
          [1, "a", "GBP", "2024-01-02", 1, 1, 2, "10.00", "1.000"],
          [2, "a", "EUR", "2024-01-02", 2, 2, 1, "20.00", null],
          [3, "a", "EUR", "2024-01-05", 2, 3, 1, "0.33", "0.500"],
          [4, "b", "JPY", "2024-02-01", 1, 4, 5, "3000.00", null],
          [5, "b", "GBP", "2024-02-01", 3, 5, 1, "40.00", null],
        ],
      ],
    );
    await admin.run("insert into rate (rate_id, currency_from, currency_to, date, rate) values ?", [
      [
        [1, "EUR", "GBP", "2024-01-01", "0.866915"],
        [2, "EUR", "GBP", "2024-01-04", "0.861200"],
        [3, "JPY", "GBP", "2024-01-31", "0.005312"],
        [4, "GBP", "EUR", "2024-01-03", "1.150000"],
        [5, "JPY", "EUR", "2024-02-01", "0.000000"],
      ],
    ]);
  });
});
afterAll(() => gateway?.close());

const ask = (args: string, fields: string, source: string) =>
  gateway.ask(`{ stallSale(${args} source: ${source}) { ${fields} } }`);
async function rows(args: string, fields: string, source: string): Promise<unknown> {
  const { data, errors } = await ask(args, fields, source);
  expect(errors).toBeUndefined();
  return data?.stallSale;
}
async function refusal(args: string, fields: string, source: string): Promise<unknown> {
  const { data, errors } = await ask(args, fields, source);
  expect(data?.stallSale ?? null).toBeNull();
  return { code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
}

describe.each(["LIVE", "MIRROR"])("Money per currency, %s", (source) => {
  test("a currency that is selected is part of every group, of subtotals and the total too", async () => {
    expect(await rows("groupBy: [STALL]", "stall currency amount", source)).toEqual([
      { stall: "a", currency: "EUR", amount: "20.33" },
      { stall: "a", currency: "GBP", amount: "10.00" },
      { stall: "b", currency: "GBP", amount: "40.00" },
      { stall: "b", currency: "JPY", amount: "3000.00" },
    ]);
    expect(await rows("rollup: [CURRENCY, STALL]", "groupedBy currency amount", source)).toEqual([
      ...["EUR", "GBP", "GBP", "JPY"].map((currency, at) => ({
        groupedBy: ["CURRENCY", "STALL"],
        currency,
        amount: ["20.33", "10.00", "40.00", "3000.00"][at],
      })),
      { groupedBy: ["CURRENCY"], currency: "EUR", amount: "20.33" },
      { groupedBy: ["CURRENCY"], currency: "GBP", amount: "50.00" },
      { groupedBy: ["CURRENCY"], currency: "JPY", amount: "3000.00" },
    ]);
    expect(await rows("", "level currency perSale sales", source)).toEqual([
      { level: 1, currency: "EUR", perSale: "10.165", sales: 2 },
      { level: 1, currency: "GBP", perSale: "25.000", sales: 2 },
      { level: 1, currency: "JPY", perSale: "3000.000", sales: 1 },
    ]);
  });

  test("a filter on one currency is enough, and what is no money needs none", async () => {
    const one = 'where: { currency: { eq: "GBP" } }';
    expect(await rows(`rollup: [STALL] ${one}`, "stall amount share { amount }", source)).toEqual([
      { stall: "a", amount: "10.00", share: { amount: "0.200000" } },
      { stall: "b", amount: "40.00", share: { amount: "0.800000" } },
      { stall: null, amount: "50.00", share: { amount: "1.000000" } },
    ]);
    expect(await rows("", "sales items", source)).toEqual([{ sales: 5, items: "10" }]);
  });

  test("shares and running totals are within the currency, those of counts are not", async () => {
    const found = await rows(
      "groupBy: [STALL, CURRENCY]",
      "stall currency share { amount sales } runningTotal(orderBy: [STALL_ASC]) { amount sales }",
      source,
    );
    expect(found).toEqual(
      [
        ["a", "EUR", "1.000000", "0.400000", "20.33", 2],
        ["a", "GBP", "0.200000", "0.200000", "10.00", 3],
        ["b", "GBP", "0.800000", "0.200000", "50.00", 4],
        ["b", "JPY", "1.000000", "0.200000", "3000.00", 5],
      ].map(([stall, currency, amountShare, salesShare, amount, sales]) => ({
        stall,
        currency,
        share: { amount: amountShare, sales: salesShare },
        runningTotal: { amount, sales },
      })),
    );
  });

  test("the first of each part are chosen within the currency", async () => {
    const top = "topPerGroup: { by: [STALL], first: 1, orderBy: [AMOUNT_DESC] }";
    expect(await rows(`groupBy: [STALL, SOLD_ON, CURRENCY] ${top}`, "stall currency amount", source)).toEqual(
      [
        { stall: "a", currency: "EUR", amount: "20.00" },
        { stall: "a", currency: "GBP", amount: "10.00" },
        { stall: "b", currency: "GBP", amount: "40.00" },
        { stall: "b", currency: "JPY", amount: "3000.00" },
      ],
    );
  });

  test.each([
    [
      "groupBy: [STALL]",
      "stall amount",
      "amount: in groups by stall it would go across several values of currency. Group by currency, also in each grouping set, or narrow where to one currency, or convert with convertTo.",
    ],
    [
      "",
      "perSale",
      "perSale: in one total it would go across several values of currency. Group by currency, also in each grouping set, or narrow where to one currency, or convert with convertTo.",
    ],
    ["groupBy: [STALL] having: { leastAmount: { gt: 1 } }", "stall", "leastAmount: in groups by stall"],
    ["rollup: [STALL, CURRENCY]", "amount", "amount: in groups by stall"],
    ["groupBy: [STALL] orderBy: [AMOUNT_DESC]", "stall sales", "amount: in groups by stall"],
    ["groupBy: [STALL]", "share { amount }", "amount: in groups by stall"],
    [
      "groupBy: [CURRENCY] orderBy: [AMOUNT_DESC]",
      "currency amount",
      "orderBy: amount of several values of currency would be compared. Order by currency before it, or narrow",
    ],
    [
      'groupBy: [STALL] where: { currency: { in: ["GBP", "EUR"] } }',
      "stall amount",
      "amount: in groups by stall",
    ],
  ])("%s { %s } is refused with a sentence", async (args, fields, message) => {
    expect(await refusal(args, fields, source)).toEqual({
      code: "QUERY_INVALID",
      message: expect.stringContaining(message),
    });
  });
});

describe.each(["LIVE", "MIRROR"])("Money in one currency, %s", (source) => {
  test("is exact by the rate of the day, or of the last day before, and rounded once", async () => {
    // 10 + 20 × 0.866915 + 0.33 × 0.861200 = 27.622496; 3000 × 0.005312 + 40 = 55.936
    const fields = "stall amount leastAmount perSale sales firstDay";
    expect(await rows('rollup: [STALL] convertTo: "GBP"', fields, source)).toEqual([
      {
        stall: "a",
        amount: "27.62",
        leastAmount: "0.28",
        perSale: "9.207",
        sales: 3,
        firstDay: "2024-01-02",
      },
      {
        stall: "b",
        amount: "55.94",
        leastAmount: "15.94",
        perSale: "27.968",
        sales: 2,
        firstDay: "2024-02-01",
      },
      {
        stall: null,
        amount: "83.56",
        leastAmount: "0.28",
        perSale: "16.712",
        sales: 5,
        firstDay: "2024-01-02",
      },
    ]);
  });

  test("is compared, chosen and ordered as it is shown", async () => {
    const args =
      'groupBy: [STALL, CURRENCY] convertTo: "GBP" orderBy: [AMOUNT_DESC] having: { amount: { gt: 16 } }';
    expect(await rows(args, "stall currency amount share { amount }", source)).toEqual([
      { stall: "b", currency: "GBP", amount: "40.00", share: { amount: "0.478698" } },
      { stall: "a", currency: "EUR", amount: "17.62", share: { amount: "0.210866" } },
    ]);
    const [first] = (await rows(
      'groupBy: [STALL] topPerGroup: { by: [STALL], first: 1 } orderBy: [AMOUNT_DESC] first: 1 convertTo: "GBP"',
      "stall amount facts { totalCount }",
      source,
    )) as readonly unknown[];
    expect(first).toEqual({ stall: "b", amount: "55.94", facts: { totalCount: 2 } });
  });

  test("tells how old facts and rates are", async () => {
    const { extensions } = await ask('convertTo: "GBP"', "amount", source);
    const models = extensions?.freshness.map((entry) => [entry.model, entry.source]);
    expect(models).toContainEqual(["stall_rate", source]);
    // The roll-up by days and currencies has all that is needed.
    const facts = source === "LIVE" ? "stall_sale" : "stall_sale_by_sold_on_currency_stall";
    expect(models).toContainEqual([facts, source]);
  });

  test.each([
    [
      'convertTo: "EUR"',
      "RATE_UNKNOWN",
      "stall_rate has no rate from GBP to EUR of 2024-01-02 or a day before.",
    ],
    [
      'convertTo: "EUR" where: { stall: { eq: "b" }, currency: { eq: "JPY" } }',
      "DOCUMENT_INVALID",
      "stall_rate: the rate from JPY to EUR of 2024-02-01 is 0.000000, and must be above zero.",
    ],
    ['convertTo: "XYZ"', "RATE_UNKNOWN", "stall_rate has no rate from"],
  ])("%s names day and pair of what it lacks", async (args, code, message) => {
    expect(await refusal(args, "amount", source)).toEqual({
      code,
      message: expect.stringContaining(message),
    });
  });

  test("a distinct count that does not add up over days is refused, one that does is given", async () => {
    expect(await refusal('convertTo: "GBP"', "amount buyers", source)).toEqual({
      code: "BAD_INPUT",
      message:
        'convertTo: "buyers" does not add up over currency and soldOn, as one buyer may have several. Ask for it without convertTo, or let the measure say in `within` that each has one.',
    });
    expect(await rows('convertTo: "GBP"', "tickets perTicket", source)).toEqual([
      { tickets: 5, perTicket: "16.71" },
    ]);
    expect(await rows('convertTo: "GBP"', "buyers", source)).toEqual([{ buyers: 3 }]);
  });
});

test("of a moment, facts and rates are those of then", async () => {
  const { admin } = gateway.database;
  const question = (asOf = "") =>
    rows(`convertTo: "GBP" where: { saleId: { eq: 3 } } ${asOf}`, "amount", "LIVE");
  const before = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await admin.run("update rate set rate = 1.000000 where rate_id = 2");
  expect(await question()).toEqual([{ amount: "0.33" }]);
  expect(await question(`asOf: "${before}"`)).toEqual([{ amount: "0.28" }]);
  await admin.run("update rate set rate = 0.861200 where rate_id = 2");
});

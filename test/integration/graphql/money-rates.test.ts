import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import market from "../../support/market/vitrine.config.ts";
import { ask, openGatewayOf, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  const sqlDir = fileURLToPath(new URL("../../support/market/sql", import.meta.url));
  gateway = await openGatewayOf({ project: market, sqlDir }, async ({ admin }) => {
    await admin.run(
      "insert into sale (sale_id, stall, currency, sold_on, buyer, ticket, items, amount, tip) values ?",
      [
        [
          [1, "a", "GBP", "2024-01-02", 1, 1, 2, "10.00", "1.000"],
          [2, "a", "EUR", "2024-01-05", 2, 2, 1, "20.00", null],
        ],
      ],
    );
    const rates = Array.from({ length: 9 }, (_, n) => [n, "EUR", "GBP", `2023-12-${10 + n}`, "0.500000"]);
    await admin.run("insert into rate (rate_id, currency_from, currency_to, date, rate) values ?", [
      [...rates, [10, "EUR", "GBP", "2024-01-05", "0.500000"]],
    ]);
  });
});
afterAll(() => gateway?.close());

describe.each(["LIVE", "MIRROR"])("Rates of money, %s", (source) => {
  test("are not asked for when all money is in that currency, and no model is told of that is not read", async () => {
    const one = `where: { currency: { eq: "GBP" } } convertTo: "GBP" source: ${source}`;
    const { data, errors, extensions } = await gateway.ask(`{ stallSale(${one}) { amount } }`);
    expect(errors).toBeUndefined();
    expect(data?.stallSale).toEqual([{ amount: "10.00" }]);
    expect(extensions?.freshness.map(({ model }) => model)).not.toContain("stall_rate");
  });

  test("count as documents that the query reads", async () => {
    const question = `{ stallSale(convertTo: "GBP" source: ${source}) { amount } }`;
    const serve = async (maxDocuments: number) => {
      const server = await createServer({ ...gateway.options, metrics: createMetrics(), maxDocuments });
      onTestFinished(() => server.close());
      return ask(server.url, question);
    };
    // Ten rates and one row.
    expect((await serve(11)).data?.stallSale).toEqual([{ amount: "20.00" }]);
    const { data, errors } = await serve(9);
    expect(data?.stallSale ?? null).toBeNull();
    expect(errors?.[0]).toMatchObject({
      message:
        "convertTo: with the rates of all its currencies and days the query reads more documents than one may. Narrow `where` to fewer days or currencies.",
      extensions: { code: "LIMIT_EXCEEDED" },
    });
  });
});

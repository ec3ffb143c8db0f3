import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { toteProject } from "../../domains/totesys/tote-project.ts";
import type { TestDatabase } from "../../support/database.ts";
import { changeSale, deleteSale, insertSale, writeAt } from "../../support/tote-history.ts";
import { openGatewayOf, type TestGateway } from "../graphql/gateway.ts";

const day = "2026-05-0";

/** Sale 5 is made, changed by somebody who is renamed later, deleted, and made anew; sale 6 changes within a millisecond. */
async function write({ admin }: TestDatabase): Promise<void> {
  await admin.withConnection((connection) =>
    writeAt(connection, async (at) => {
      await at("2026-04-01 10:00:00");
      await prepareTote(connection);
      await at(`${day}1 10:00:00.000400`);
      await insertSale(connection, 5, 10);
      await insertSale(connection, 6, 100);
      await at(`${day}2 10:00:00`);
      await changeSale(connection, 5, 20);
      await at(`${day}2 11:00:00`);
      await connection.run("update staff set last_name = 'Birch' where staff_id = 1");
      await at(`${day}3 10:00:00`);
      await deleteSale(connection, 5);
      await at(`${day}3 12:00:00.000001`);
      await changeSale(connection, 6, 200);
      await changeSale(connection, 6, 300);
      await at(`${day}4 10:00:00`);
      await insertSale(connection, 5, 40);
    }),
  );
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGatewayOf({ project: toteProject }, write);
});
afterAll(() => gateway?.close());

type Row = Readonly<Record<string, unknown>>;
async function ask(question: string): Promise<readonly Row[]> {
  const { data, errors } = await gateway.ask(`{ rows: ${question} }`);
  expect(errors).toBeUndefined();
  return (data as { rows: readonly Row[] }).rows;
}

describe.each(["LIVE", "MIRROR"])("The history of a fact, %s", (source) => {
  test("has every version of one order, in pages, each with the next", async () => {
    const page = async (more: string) => {
      const [row] = await ask(
        `salesRecord(groupBy: [SALES_ORDER_ID], where: { salesOrderId: { eq: 5 } }, source: ${source}) { versions deletions orders
          facts(first: 3 ${more}) { totalCount nodes { salesRecordId versionNumber deleted unitsSold validFrom validTo supersededBy staffName }
            pageInfo { hasNextPage endCursor } } }`,
      );
      return row as { versions: number; deletions: number; facts: Facts };
    };
    const first = await page("");
    expect(first).toMatchObject({ versions: 4, deletions: 1, facts: { totalCount: 4 } });
    const rest = await page(`after: "${first.facts.pageInfo.endCursor}"`);
    const all = [...first.facts.nodes, ...rest.facts.nodes];
    const moments = [`${day}1T10:00:00.001Z`, `${day}2T10:00:00.000Z`, `${day}3T10:00:00.000Z`];
    expect(
      all.map(({ deleted, unitsSold, validFrom, validTo }) => [deleted, unitsSold, validFrom, validTo]),
    ).toEqual([
      [false, 10, moments[0], moments[1]],
      [false, 20, moments[1], moments[2]],
      [true, 20, moments[2], `${day}4T10:00:00.000Z`],
      [false, 40, `${day}4T10:00:00.000Z`, null],
    ]);
    expect(all.map(({ supersededBy }) => supersededBy)).toEqual([
      ...all.slice(1).map(({ salesRecordId }) => salesRecordId),
      null,
    ]);
    // Dimensions show the latest value.
    expect(new Set(all.map(({ staffName }) => staffName))).toEqual(new Set(["Ida Birch"]));
  });

  test("is counted per day, and filtered by what was valid at a moment", async () => {
    const perDay = await ask(
      `salesRecord(groupBy: [VALID_FROM_DATE], where: { salesOrderId: { in: [5, 6] } }, source: ${source}) { validFromDate versions orders }`,
    );
    expect(perDay).toEqual([
      { validFromDate: `${day}1`, versions: 2, orders: 2 },
      { validFromDate: `${day}2`, versions: 1, orders: 1 },
      { validFromDate: `${day}3`, versions: 3, orders: 2 },
      { validFromDate: `${day}4`, versions: 1, orders: 1 },
    ]);
    const validAt = async (moment: string) =>
      (
        await ask(
          `salesRecord(groupBy: [CURRENCY_ID], where: { salesOrderId: { in: [5, 6] }, validFrom: { lte: "${moment}" },
            or: [{ validTo: { isNull: true } }, { validTo: { gt: "${moment}" } }] }, source: ${source}) { revenue orders deletions }`,
        )
      )[0];
    expect(await validAt(`${day}1T10:00:00.000Z`)).toBeUndefined();
    expect(await validAt(`${day}1T10:00:00.001Z`)).toEqual({ revenue: "275.00", orders: 2, deletions: 0 });
    expect(await validAt(`${day}3T11:00:00.000Z`)).toEqual({ revenue: "250.00", orders: 2, deletions: 1 });
    expect(await validAt(`${day}3T12:00:00.001Z`)).toEqual({ revenue: "750.00", orders: 2, deletions: 1 });
  });

  test("never adds up money across currencies", async () => {
    const { errors } = await gateway.ask(
      `{ salesRecord(groupBy: [SALES_ORDER_ID], source: ${source}) { revenue } }`,
    );
    expect(errors?.[0]?.message).toMatch(/revenue.*currencyId/);
  });
});

test("the value at the time of a version is one argument away: asOf its validFrom", async () => {
  const [all] = await ask(
    "salesRecord(groupBy: [DESIGN_ID], where: { salesOrderId: { in: [5, 6] } }) { facts { nodes { salesOrderId unitsSold deleted validFrom validTo } } }",
  );
  const versions = (all as { readonly facts: Facts }).facts.nodes;
  expect(versions).toHaveLength(7);
  for (const { salesOrderId, unitsSold, deleted, validFrom, validTo } of versions) {
    if (validFrom === validTo) continue;
    const { data } = await gateway.ask(
      `{ currentSalesOrder(id: ${salesOrderId}, asOf: "${validFrom}") { unitsSold staffName salesStaff { lastName } } }`,
    );
    const lastName = String(validFrom) < `${day}2T11:00:00.000Z` ? "Ash" : "Birch";
    const expected = { unitsSold, staffName: `Ida ${lastName}`, salesStaff: { lastName } };
    expect(data?.currentSalesOrder, String(validFrom)).toEqual(deleted ? null : expected);
  }
  // The history itself, as it was known then, has the names of then and no later versions.
  expect(
    await ask(
      `salesRecord(groupBy: [STAFF_NAME], where: { salesOrderId: { eq: 5 } }, asOf: "${day}2T10:00:00.000Z") { staffName versions }`,
    ),
  ).toEqual([{ staffName: "Ida Ash", versions: 2 }]);
});

interface Facts {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly endCursor: string };
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerSegments } from "../../../src/domains/pos/models/customer-segments.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop, readDocument, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
});
afterAll(() => db?.close());

/** One customer per order: the newest on 2024-12-31, the others so many days before. */
async function fill(shop: Shop): Promise<void> {
  await shop.product("Lamp", "10.00");
  for (const [name, placed] of [
    ["Ada", "2024-12-31 00:00:00"],
    ["Ben", "2024-01-01 23:59:59.999"], // 365 days
    ["Cy", "2023-12-31 12:00:00"], // 366
    ["Dee", "2022-01-01 12:00:00"], // 1,095
    ["Eve", "2021-12-31 12:00:00"], // 1,096
  ] as const) {
    await shop.customer(name);
    await shop.sale(name, [["Lamp", 1]], { placed });
  }
}

const recencies = async (shop: Shop) => {
  const found: Record<string, unknown> = {};
  for (const recency of [3, 2, 1]) {
    const document = (await readDocument(shop, customerSegments, `R${recency}F1M1`)) as Record<
      string,
      unknown
    >;
    found[`R${recency}`] = [document.customers, document.lastOrderFrom, document.lastOrderTo];
  }
  return found;
};

describe("customer_segments", () => {
  test("count recency in days from the newest order, both ends of a score included", () =>
    inShop(db.admin, async (shop) => {
      await fill(shop);
      expect(await recencies(shop)).toEqual({
        R3: [2, "2024-01-01", "2024-12-31"],
        R2: [2, "2022-01-01", "2023-12-31"],
        R1: [1, "2021-12-31", "2021-12-31"],
      });
    }));

  test("take no notice of a cancelled order: it is neither the newest, nor anybody's last", () =>
    inShop(db.admin, async (shop) => {
      await fill(shop);
      const before = await recencies(shop);
      await shop.sale("Eve", [["Lamp", 500]], { placed: "2026-06-01 00:00:00", cancelled: true });
      expect(await recencies(shop)).toEqual(before);
      expect(await readDocument(shop, customerSegments, "ALL")).toMatchObject({
        customers: 5,
        repeatCustomers: 0,
        revenue: 50,
        lastOrderTo: "2024-12-31",
      });
    }));
});

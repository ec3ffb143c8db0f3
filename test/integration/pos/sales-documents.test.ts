import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerLifetimeValue } from "../../../src/domains/pos/models/customer-lifetime-value.ts";
import { monthlySales } from "../../../src/domains/pos/models/monthly-sales.ts";
import { pendingShipments } from "../../../src/domains/pos/models/pending-shipments.ts";
import { stateSales } from "../../../src/domains/pos/models/state-sales.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inShop, readDocument, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
});
afterAll(() => db?.close());

/** Ada (TX) buys in January and February, Ben (CA) in February only; each cancels once. */
async function fill(shop: Shop): Promise<void> {
  await shop.city("90001", "Los Angeles", "CA");
  await shop.customer("Ada");
  await shop.customer("Ben", { zip: "90001" });
  await shop.product("Chair", "40.00");
  await shop.product("Table", "100.00");
  await shop.product("Lamp", "20.00");
  await shop.sale(
    "Ada",
    [
      ["Chair", 2],
      ["Lamp", 1],
    ],
    { placed: "2024-01-31 23:59:59.999" },
  );
  await shop.sale("Ada", [["Table", 5]], { placed: "2024-01-15 12:00:00", cancelled: true });
  await shop.sale(
    "Ada",
    [
      ["Chair", 1, "35.00"],
      ["Lamp", 4],
    ],
    {
      placed: "2024-02-01 00:00:00",
      shipped: "2024-02-03 00:00:00",
    },
  );
  await shop.sale("Ben", [["Table", 1]], { placed: "2024-02-10 08:30:00" });
  await shop.sale("Ben", [["Table", 9]], { placed: "2024-01-02 08:30:00", cancelled: true });
}

describe("customer_lifetime_value", () => {
  test("adds up what was paid, cancelled orders left out", () =>
    inShop(db.admin, async (shop, connection) => {
      await fill(shop);
      expect(await readDocument(connection, customerLifetimeValue, 1)).toEqual({
        customerId: 1,
        name: "Ada Smith",
        lifetimeSpend: 215,
        orderCount: 2,
        averageOrder: 107.5,
        firstOrderAt: "2024-01-31T23:59:59.999Z",
        lastOrderAt: "2024-02-01T00:00:00.000Z",
        topProducts: [
          { productId: 1, name: "Chair", units: 3, revenue: 115 },
          { productId: 3, name: "Lamp", units: 5, revenue: 100 },
        ],
      });
    }));

  test("a customer without orders has spent nothing, and has no average", () =>
    inShop(db.admin, async (shop, connection) => {
      await shop.customer("Ada");
      await shop.product("Chair", "40.00");
      const nothing = {
        customerId: 1,
        name: "Ada Smith",
        lifetimeSpend: 0,
        orderCount: 0,
        averageOrder: null,
        firstOrderAt: null,
        lastOrderAt: null,
        topProducts: [],
      };
      expect(await readDocument(connection, customerLifetimeValue, 1)).toEqual(nothing);
      await shop.sale("Ada", [["Chair", 1]], { cancelled: true });
      expect(await readDocument(connection, customerLifetimeValue, 1)).toEqual(nothing);
    }));

  test.each([
    [["0.01", "0.00"], 0.01],
    [["0.01", "0.00", "0.00"], 0],
    [["10.02", "10.03"], 10.03],
    [["0.02", "0.00", "0.00"], 0.01],
    [["99999999.99", "99999999.98"], 99999999.99],
  ])("orders of %j cost %d on average, halves rounded up", (prices, average) =>
    inShop(db.admin, async (shop, connection) => {
      await shop.customer("Ada");
      await shop.product("Chair", "40.00");
      for (const price of prices) await shop.sale("Ada", [["Chair", 1, price]]);
      expect(await readDocument(connection, customerLifetimeValue, 1)).toMatchObject({
        averageOrder: average,
      });
    }),
  );

  test("three favourites: most revenue first, then the smaller number", () =>
    inShop(db.admin, async (shop, connection) => {
      await shop.customer("Ada");
      for (const name of ["A", "B", "C", "D"]) await shop.product(name, "10.00");
      await shop.sale("Ada", [
        ["D", 1],
        ["C", 2],
        ["B", 1],
        ["A", 1],
      ]);
      expect(await readDocument(connection, customerLifetimeValue, 1)).toMatchObject({
        topProducts: [{ name: "C" }, { name: "A" }, { name: "B" }],
      });
    }));
});

describe("state_sales", () => {
  test("adds up what the customers of a state bought", () =>
    inShop(db.admin, async (shop, connection) => {
      await fill(shop);
      await shop.city("78701", "Austin", "TX");
      await shop.customer("Cleo", { zip: "78701" });
      await shop.sale("Cleo", [["Table", 2]]);
      expect(await readDocument(connection, stateSales, "TX")).toEqual({
        state: "TX",
        revenue: 415,
        orders: 3,
        customers: 2,
        topProducts: [
          { productId: 2, name: "Table", units: 2, revenue: 200 },
          { productId: 1, name: "Chair", units: 3, revenue: 115 },
          { productId: 3, name: "Lamp", units: 5, revenue: 100 },
        ],
      });
    }));

  test("a state in which nobody bought has no revenue", () =>
    inShop(db.admin, async (shop, connection) => {
      await shop.city("10001", "New York", "NY");
      expect(await readDocument(connection, stateSales, "NY")).toEqual({
        state: "NY",
        revenue: 0,
        orders: 0,
        customers: 0,
        topProducts: [],
      });
      expect(await readDocument(connection, stateSales, "ny")).toBeNull();
      expect(await readDocument(connection, stateSales, "NV")).toBeNull();
    }));

  test("a customer who moves takes the orders along", () =>
    inShop(db.admin, async (shop, connection) => {
      await fill(shop);
      await connection.run("update customer set zip = '90001' where customer_id = 1");
      expect(await readDocument(connection, stateSales, "CA")).toMatchObject({ revenue: 315, customers: 2 });
      expect(await readDocument(connection, stateSales, "TX")).toMatchObject({ revenue: 0, customers: 0 });
    }));
});

describe("pending_shipments", () => {
  test("lists what is neither shipped nor cancelled, oldest first", () =>
    inShop(db.admin, async (shop, connection) => {
      await fill(shop);
      await shop.sale("Ada", [["Lamp", 1]], { placed: "2023-12-24 18:00:00" });
      expect(await readDocument(connection, pendingShipments, "TX")).toEqual({
        state: "TX",
        orderCount: 2,
        oldest: "2023-12-24T18:00:00.000Z",
        orders: [
          {
            orderId: 6,
            placedAt: "2023-12-24T18:00:00.000Z",
            customerId: 1,
            name: "Ada Smith",
            city: "Houston",
            zip: "77002",
            total: 21.65,
          },
          {
            orderId: 1,
            placedAt: "2024-01-31T23:59:59.999Z",
            customerId: 1,
            name: "Ada Smith",
            city: "Houston",
            zip: "77002",
            total: 108.25,
          },
        ],
      });
    }));

  test("a state where nothing waits has an empty list", () =>
    inShop(db.admin, async (shop, connection) => {
      await shop.city("10001", "New York", "NY");
      expect(await readDocument(connection, pendingShipments, "NY")).toEqual({
        state: "NY",
        orderCount: 0,
        oldest: null,
        orders: [],
      });
    }));
});

describe("monthly_sales", () => {
  test("adds up a month in UTC, and tells new customers from returning ones", () =>
    inShop(db.admin, async (shop, connection) => {
      await fill(shop);
      expect(await readDocument(connection, monthlySales, "2024-01")).toEqual({
        month: "2024-01",
        revenue: 100,
        orders: 1,
        units: 3,
        newCustomers: 1,
        returningCustomers: 0,
        topProducts: [
          { productId: 1, name: "Chair", units: 2, revenue: 80 },
          { productId: 3, name: "Lamp", units: 1, revenue: 20 },
        ],
      });
      expect(await readDocument(connection, monthlySales, "2024-02")).toMatchObject({
        revenue: 215,
        orders: 2,
        units: 6,
        newCustomers: 1,
        returningCustomers: 1,
      });
    }));

  test("a customer whose first order is cancelled is new in the next month", () =>
    inShop(db.admin, async (shop, connection) => {
      await fill(shop);
      await connection.run("update `order` set status = 'cancelled' where order_id = 1");
      expect(await readDocument(connection, monthlySales, "2024-02")).toMatchObject({
        newCustomers: 2,
        returningCustomers: 0,
      });
      expect(await readDocument(connection, monthlySales, "2024-01")).toMatchObject({
        revenue: 0,
        orders: 0,
      });
    }));
});

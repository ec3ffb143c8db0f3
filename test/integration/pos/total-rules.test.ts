import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { createShop, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

/** Where other people live; nothing is taxed in Oregon. */
const zips = { TX: "77002", CA: "90001", LA: "70112", OR: "97201" } as const;

let database: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await createShop(database.admin);
  await shop.city(zips.CA, "Los Angeles", "CA", "0.09500");
  await shop.city(zips.LA, "New Orleans", "LA", "0.12950");
  await shop.city(zips.OR, "Portland", "OR");
  await shop.customer("Ada");
  await shop.product("Tea", "2.50", 10);
  await shop.product("Cup", "1.25", 10);
});

describe("totals", () => {
  test("are the sum of the lines and the tax of the customer's zip, rounded half up", async () => {
    const order = await shop.sale("Ada", [
      ["Tea", 3],
      ["Cup", 1],
    ]);
    // 8.75 × 0.0825 = 0.721875
    expect(await shop.order(order)).toEqual({
      status: "placed",
      subtotal: "8.75",
      sales_tax: "0.72",
      total: "9.47",
    });
    await shop.customer("Cal", { zip: zips.CA });
    await shop.product("Half", "0.10");
    // 0.10 × 0.095 = 0.0095; 0.30 × 0.095 = 0.0285; 10 × 0.095 = 0.95: halves of a cent go up.
    await shop.run("update sales_tax set combined_rate = 0.05 where zip = ?", [zips.CA]);
    const half = await shop.sale("Cal", [["Half", 1]]);
    expect((await shop.order(half)).sales_tax).toBe("0.01");
    const more = await shop.sale("Cal", [["Half", 3]]);
    expect((await shop.order(more)).sales_tax).toBe("0.02");
  });

  test("have no tax where the zip has no rate", async () => {
    await shop.customer("Oz", { zip: zips.OR });
    expect(await shop.order(await shop.sale("Oz", [["Tea", 2]]))).toMatchObject({
      sales_tax: "0.00",
      total: "5.00",
    });
  });

  test("fit an order of 15,000 at 12.95 %, and one of a million such pieces", async () => {
    await shop.customer("Lou", { zip: zips.LA });
    await shop.product("Yacht", "15000.00", 1_000_000);
    expect(await shop.order(await shop.sale("Lou", [["Yacht", 1]]))).toMatchObject({
      sales_tax: "1942.50",
      total: "16942.50",
    });
    expect(await shop.order(await shop.sale("Lou", [["Yacht", 999_999]]))).toMatchObject({
      subtotal: "14999985000.00",
      sales_tax: "1942498057.50",
    });
  });

  test("follow an order to another customer, and a customer to another zip", async () => {
    await shop.customer("Oz", { zip: zips.OR });
    const order = await shop.sale("Ada", [["Tea", 4]]);
    await shop.run("update `order` set customer_id = ? where order_id = ?", [shop.customerId("Oz"), order]);
    expect((await shop.order(order)).sales_tax).toBe("0.00");
    await shop.run("update customer set zip = ? where first_name = 'Oz'", [zips.CA]);
    expect((await shop.order(order)).sales_tax).toBe("0.95");
    await shop.run("update customer set zip = ?", [zips.LA]);
    // 10.00 × 0.1295 = 1.295
    expect((await shop.order(order)).sales_tax).toBe("1.30");
  });

  test("follow the rate of a zip: changed, taken away, given, moved", async () => {
    const order = await shop.sale("Ada", [["Tea", 4]]);
    const tax = async () => (await shop.order(order)).sales_tax;
    await shop.run("update sales_tax set combined_rate = 0.1 where zip = ?", [zips.TX]);
    expect(await tax()).toBe("1.00");
    await shop.run("delete from sales_tax where zip = ?", [zips.TX]);
    expect(await tax()).toBe("0.00");
    await shop.run("update sales_tax set zip = ? where zip = ?", [zips.TX, zips.CA]);
    expect(await tax()).toBe("0.95");
    await shop.run("update sales_tax set zip = '90009' where zip = ?", [zips.TX]);
    expect(await tax()).toBe("0.00");
  });

  test("cannot be set by hand: a subtotal is refused, a tax is computed again", async () => {
    const order = await shop.sale("Ada", [["Tea", 4]]);
    await expect(shop.run("update `order` set subtotal = 1")).rejects.toMatchObject({
      errno: 30010,
      sqlState: "45000",
    });
    await shop.run("update `order` set sales_tax = 77");
    expect(await shop.order(order)).toMatchObject({ subtotal: "10.00", sales_tax: "0.83" });
    await shop.run("insert into `order` (order_id, customer_id, subtotal, sales_tax) values (500, ?, 9, 9)", [
      shop.customerId("Ada"),
    ]);
    expect(await shop.order(500)).toMatchObject({ total: "0.00" });
  });

  test("are exact when two connections add to one order from snapshots taken before", async () => {
    const order = await shop.sale("Ada");
    const [tea, cup] = [shop.productId("Tea"), shop.productId("Cup")];
    await database.admin.withConnection((one) =>
      database.admin.withConnection(async (two) => {
        for (const connection of [one, two]) {
          await connection.run("start transaction");
          await connection.query("select count(*) from `order`"); // its snapshot is taken
        }
        await one.run("insert into orderline (order_id, product_id) values (?, ?)", [order, tea]);
        await one.run("commit");
        await two.run("insert into orderline (order_id, product_id) values (?, ?)", [order, cup]);
        await two.run("commit");
      }),
    );
    expect(await shop.order(order)).toMatchObject({ subtotal: "3.75", sales_tax: "0.31" });
  });
});

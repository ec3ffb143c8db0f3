import { afterAll, beforeAll, expect, test } from "vitest";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { productBuyers } from "../../../src/domains/pos/models/product-buyers.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { documentsSql, parseExactly } from "../../support/model-contract.ts";
import { inShop, readDocument } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ project: shopAlone });
});
afterAll(() => db?.close());

test("a document of several megabytes comes whole: a best-seller with 40,000 buyers", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.product("Chair", "42.99");
    await connection.run(
      `insert into customer (customer_id, first_name, last_name, address1, zip)
      select seq, repeat('n', 40), seq, '1 Main St', '77002' from seq_1_to_40000`,
    );
    await connection.run("insert into `order` (order_id, customer_id) select seq, seq from seq_1_to_40000");
    await connection.run("set @pos_bulk_load = 1");
    await connection.run(
      "insert into orderline (order_id, product_id, unit_price) select seq, 1, 1 from seq_1_to_40000",
    );
    await connection.run("set @pos_bulk_load = null");
    const document = await readDocument(connection, productBuyers, 1);
    expect(JSON.stringify(document).length).toBeGreaterThan(2 ** 20);
    expect(document).toHaveProperty("buyers.length", 40_000);

    // What this guards against: at the server's default the array is cut, and only a warning tells.
    await connection.run("set session group_concat_max_len = 1048576");
    const rows = await connection.query<{ length: string }>(
      "select json_length(buyers) as length from product_buyers where product_id = 1",
    );
    const warnings = await connection.query<{ Code: number }>("show warnings");
    expect(rows[0]?.length).not.toBe(40_000);
    expect(warnings.map((warning) => Number(warning.Code))).toContain(1260);
    await connection.run("set session group_concat_max_len = 1073741824");
  }));

test.each(['quote " here', "back\\slash", "Zoë 🪑", "</script>", "'", "%_", "null"])(
  "the name %j comes through JSON unharmed",
  (name) =>
    inShop(db.admin, async (shop, connection) => {
      await shop.product(name, "1.00");
      await shop.customer(name, { lastName: name });
      await shop.sale(name, [[name, 1]]);
      expect(await readDocument(connection, customerOrders, 1)).toMatchObject({
        name: `${name} ${name}`,
        orders: [{ items: [{ name }] }],
      });
    }),
);

test("control characters come through JSON unharmed", () =>
  inShop(db.admin, async (shop, connection) => {
    const address1 = "tab\tline\nreturn\rbell\u0007unit\u001f";
    await shop.customer("Ada", { address1 });
    expect(await readDocument(connection, customerOrders, 1)).toMatchObject({ printedAddress1: address1 });
  }));

test("money keeps all of its digits", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    await shop.product("Palace", "99999999.99");
    await shop.sale("Ada", [["Palace", 1000]]);
    const [row] = await connection.query<{ document: string }>(
      `${documentsSql(customerOrders)} where customer_id = 1`,
    );
    expect(parseExactly(row?.document ?? "")).toMatchObject({
      orders: [
        {
          subtotal: { digits: "99999999990.00" },
          salesTax: { digits: "8249999999.18" },
          total: { digits: "108249999989.18" },
          items: [{ unitPrice: { digits: "99999999.99" } }],
        },
      ],
    });
  }));

test("the order in which rows were written does not show in a document", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    for (const name of ["A", "B", "C", "D"]) await shop.product(name, "1.00");
    await shop.sale("Ada", [
      ["A", 1],
      ["B", 1],
      ["C", 1],
      ["D", 1],
    ]);
    const before = await readDocument(connection, customerOrders, 1);
    await connection.run("delete from orderline where product_id in (1, 3)");
    await connection.run(
      "insert into orderline (order_id, product_id, quantity, unit_price) values (1, 3, 1, 1)",
    );
    await connection.run(
      "insert into orderline (order_id, product_id, quantity, unit_price) values (1, 1, 1, 1)",
    );
    expect(await readDocument(connection, customerOrders, 1)).toEqual(before);
  }));

test("times have three digits at every edge of a second", () =>
  inShop(db.admin, async (shop, connection) => {
    await shop.customer("Ada");
    await shop.sale("Ada", [], { placed: "1999-12-31 23:59:59.999" });
    await shop.sale("Ada", [], { placed: "2000-01-01 00:00:00" });
    expect(await readDocument(connection, customerOrders, 1)).toMatchObject({
      orders: [{ placedAt: "1999-12-31T23:59:59.999Z" }, { placedAt: "2000-01-01T00:00:00.000Z" }],
    });
  }));

import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Queryable, type Row, sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { emptyShop } from "../../support/empty-shop.ts";
import { createShop, type Shop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await emptyShop(database.admin);
  shop = await createShop(database.admin);
});

const buyers = () => shop.query("select name, buyers from mv_product_buyers order by product_id");

/** Pairs of queries that must answer the same, and queries that must find nothing; in one round trip. */
const stored = ["mv_product_buyers", "mv_customer_purchases"].map(
  (name) => `select * from ${name} order by 1`,
);
const views = ["v_product_buyers", "v_customer_purchases"].map((name) => `select * from ${name} order by 1`);

/** Both materialised views are what their views are. */
async function expectExact(db: Queryable = database.admin): Promise<void> {
  const rows = await db.query<Row[]>([...stored, ...views].join(";"));
  expect(rows.slice(0, 2)).toEqual(rows.slice(2));
}

/** All stock was 12, all tax is that of Texas. */
async function expectCounted(db: Queryable): Promise<void> {
  const wrong = await db.query<Row[]>(
    `select o.order_id from \`order\` o where o.subtotal <>
      (select coalesce(sum(l.line_total), 0) from orderline l where l.order_id = o.order_id)
      or o.sales_tax <> round(o.subtotal * 0.0825, 2);
    select p.product_id from product p where p.available_quantity <> 12 -
      (select coalesce(sum(l.quantity), 0) from orderline l join \`order\` o using (order_id)
      where l.product_id = p.product_id and o.status <> 'cancelled')`,
  );
  expect(wrong).toEqual([[], []]);
}

/** Unknown customer, product and order, out of stock, closed order; keys, references and checks. */
const refusals = new Set([30003, 30004, 30005, 30006, 30007, 1062, 1451, 1452, 4025]);

/** One statement that writes several rows; those that the rules refuse count as well. */
const statement = fc.oneof(
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 })), {
      minLength: 1,
      maxLength: 4,
    })
    .chain((rows) =>
      fc.constantFrom(
        `insert ignore into orderline (order_id, product_id, quantity) values ${rows.map(([o, p]) => `(${o}, ${p}, 2)`).join(", ")}`,
        `insert into orderline (order_id, product_id) values ${rows.map(([o, p]) => `(${o}, ${p})`).join(", ")} on duplicate key update quantity = quantity + 1`,
        `replace into orderline (order_id, product_id, quantity) values ${rows.map(([o, p]) => `(${o}, ${p}, 3)`).join(", ")}`,
      ),
    ),
  fc.constantFrom(
    "delete from orderline where product_id % 2 = 0",
    "delete from orderline where order_id in (1, 2, 3) and product_id < 3",
    "delete from orderline limit 2",
    "update orderline set quantity = quantity + 5 where product_id < 4",
    "update `order` set customer_id = 7 - customer_id where order_id < 4",
    "update `order` set customer_id = 3 where order_id in (1, 5)",
    "update `order` set status = 'cancelled' where order_id % 2 = 0",
    "update `order` set status = 'placed' where order_id > 1",
    "update customer set last_name = concat(last_name, 'x'), first_name = 'Zoë, 12 Ben' where customer_id < 4",
    "update customer set first_name = 'O\"Neil\\\\, Jr' where customer_id > 3",
    "update customer set customer_id = customer_id + 100 where customer_id > 5 and customer_id < 100",
    "update product set name = concat(name, '|9 \"é\\\\u001E\\t') where product_id > 2",
    "replace into customer (customer_id, first_name, last_name, address1, zip) values (6, 'Re', 'Placed', 'x', '77002')",
    "replace into product (product_id, name, current_price, available_quantity) values (5, 'Replaced', 1, 12)",
    "delete from customer where customer_id = 6",
    "delete from product where product_id = 5",
    "insert into customer (customer_id, first_name, last_name, address1, zip) values (7, 'New', 'Y', 'x', '77002'), (8, 'Newer', 'Y', 'x', '77002') on duplicate key update last_name = 'Again'",
    "insert into product (product_id, name, current_price, available_quantity) values (7, 'New', 2, 12)",
    "insert into `order` (order_id, customer_id) values (7, 3), (8, 6) on duplicate key update customer_id = 1",
    "delete from `order` where order_id in (2, 7)",
    "delete l from orderline l join customer c on c.customer_id = 3 where l.order_id in (1, 4)",
    "delete from customer where customer_id not in (select customer_id from `order`)",
    "call refresh_materialized_views()",
  ),
  fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }))
    .chain(([one, product, quantity]) =>
      fc.constantFrom(
        `call record_sale(${one}, '[{"productId": ${product}, "quantity": ${quantity}}, {"productId": 1, "quantity": 1}]')`,
        `call add_item(${one}, ${product}, ${quantity})`,
        `call cancel_order(${one})`,
        `call ship_order(${one})`,
        `call update_price(${product}, ${quantity}.25)`,
        "call fill_order_total()",
      ),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
    .map(
      ([from, to, product]) =>
        `update ignore orderline set order_id = ${to}, product_id = ${product} where order_id = ${from}`,
    ),
);

describe("materialised views", () => {
  test("show products without buyers and customers without purchases", async () => {
    await shop.customer("Ada");
    await shop.product("Tea", "1.00");
    expect(await buyers()).toEqual([{ name: "Tea", buyers: "" }]);
    await expectExact();
  });

  test("list each buyer once, by number, also of a cancelled order, and forget who gave all back", async () => {
    const [ada, ben] = [await shop.customer("Ada"), await shop.customer("Ben")];
    await shop.product("Tea", "1.00");
    await shop.sale("Ben", [["Tea", 1]]);
    const first = await shop.sale("Ada", [["Tea", 1]]);
    const second = await shop.sale("Ada", [["Tea", 2]]);
    await shop.run("update `order` set status = 'cancelled'");
    expect(await buyers()).toEqual([{ name: "Tea", buyers: `${ada} Ada Smith,${ben} Ben Smith` }]);
    await shop.run("delete from orderline where order_id = ?", [first]);
    expect(await buyers()).toEqual([{ name: "Tea", buyers: `${ada} Ada Smith,${ben} Ben Smith` }]);
    await shop.run("delete from orderline where order_id = ?", [second]);
    expect(await buyers()).toEqual([{ name: "Tea", buyers: `${ben} Ben Smith` }]);
    await expectExact();
  });

  test("equal their views after any sequence of statements", async () => {
    for (let id = 1; id <= 6; id++) {
      await shop.run(
        "insert into customer (customer_id, first_name, last_name, address1, zip) values (?, ?, 'Y', 'x', '77002')",
        [id, `C${id}`],
      );
      await shop.run(
        "insert into product (product_id, name, current_price, available_quantity) values (?, ?, 1.5, 12)",
        [id, `P${id}`],
      );
    }
    await shop.run(
      "insert into `order` (order_id, customer_id) values (1, 3), (2, 5), (3, 1), (4, 3), (5, 5), (6, 1)",
    );
    // Lines to begin with, or most statements would find none to work on.
    await shop.run(
      "insert into orderline (order_id, product_id, quantity) values (1, 1, 2), (2, 1, 1), (2, 3, 2), (4, 2, 3), (6, 4, 1)",
    );
    const sequence = fc.array(statement, { minLength: 1, maxLength: 8 });
    await database.admin.withConnection((connection) =>
      fc.assert(
        fc.asyncProperty(sequence, async (statements) => {
          // Rolled back, the shop is as it was: six times cheaper than to build it anew.
          await connection.run("start transaction");
          try {
            for (const sql of statements) {
              await connection.run(sql).catch((error: unknown) => {
                // Rules and keys may refuse a statement; a fault of ours may not hide behind them.
                if (!refusals.has(sqlErrorOf(error)?.errno ?? 0)) throw error;
              });
              await expectExact(connection);
              await expectCounted(connection);
            }
          } finally {
            await connection.run("rollback");
          }
        }),
        { numRuns: 150 },
      ),
    );
  });

  test("stay exact when two connections sell one product from snapshots taken before", async () => {
    await shop.customer("Ada");
    await shop.customer("Ben");
    await shop.product("Tea", "1.00");
    await database.admin.withConnection((one) =>
      database.admin.withConnection(async (two) => {
        for (const connection of [one, two]) {
          await connection.run("start transaction");
          await connection.query("select count(*) from orderline"); // its snapshot is taken
        }
        await shop.on(one).sale("Ada", [["Tea", 1]]);
        await one.run("commit");
        await shop.on(two).sale("Ben", [["Tea", 1]]);
        await two.run("commit");
      }),
    );
    await expectExact();
  });

  test.each(["repeatable read", "read committed"])(
    "stay exact when a sale waits for the rename of its customer or product, under %s",
    async (isolation) => {
      const ada = await shop.customer("Ada");
      const tea = await shop.product("Tea", "1.00");
      await shop.product("Cup", "1.00");
      const order = await shop.sale("Ada", [["Cup", 1]]);
      for (const sql of [
        `update customer set first_name = 'Zoë' where customer_id = ${ada}`,
        `update product set name = 'Chai' where product_id = ${tea}`,
      ])
        await database.admin.withConnection((one) =>
          database.admin.withConnection(async (two) => {
            for (const connection of [one, two]) {
              await connection.run(`set transaction isolation level ${isolation}`);
              await connection.run("start transaction");
            }
            await two.query("select count(*) from mv_customer_purchases"); // its snapshot is taken
            await two.query("select count(*) from customer");
            await one.run(sql);
            const sold = two.run("insert into orderline (order_id, product_id, quantity) values (?, ?, 1)", [
              order,
              tea,
            ]);
            await new Promise((resolve) => setTimeout(resolve, 200));
            await one.run("commit");
            await sold;
            await two.run("commit");
            await expectExact();
            await two.run("delete from orderline where product_id = ?", [tea]);
          }),
        );
      await expectExact();
    },
  );

  test("are rebuilt from rows that were loaded without the rules, and only then written", async () => {
    await shop.customer("Ada");
    await shop.product("Tea", "1.00");
    await shop.run("update mv_product_buyers set entries = '99 Nobody'");
    await shop.run(
      "insert into mv_customer_purchases (customer_id, first_name, last_name) values (999, 'Not', 'There')",
    );
    await shop.run("call refresh_materialized_views()");
    await expectExact();
  });
});

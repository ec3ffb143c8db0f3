import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { posProcedures } from "../../../src/domains/pos/procedures.ts";
import { posRules } from "../../../src/domains/pos/rules.ts";
import { VitrineError } from "../../../src/errors.ts";
import { createProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createShop } from "../../support/shop.ts";
import { shopAlone } from "../../support/shop-alone.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: shopAlone });
});
afterAll(() => database?.close());

const TERMINALS = 8;
const STOCK = 60;
const product = fc.integer({ min: 1, max: 5 });
const quantity = fc.integer({ min: 1, max: 4 });
const order = fc.integer({ min: 1, max: 60 });
const line = fc.record({ productId: product, quantity });
/** What a terminal does: mostly sales of several products in any order. */
const deed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constant("record_sale" as const),
      customerId: fc.integer({ min: 1, max: 3 }),
      lines: fc.array(line, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant("cancel_order" as const), orderId: order }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("ship_order" as const), orderId: order }) },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant("add_item" as const),
      orderId: order,
      productId: product,
      quantity,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant("update_price" as const),
      productId: product,
      price: fc.constantFrom("1.00", "2.50", "19.99"),
    }),
  },
);

test("eight terminals sell, add, cancel, ship and price at once: nothing is lost, counted twice or left behind", async () => {
  const shop = await createShop(database.admin);
  for (const name of ["Ada", "Ben", "Cleo"]) await shop.customer(name);
  for (const name of ["Tea", "Cup", "Jug", "Pot", "Tin"]) await shop.product(name, "2.50", STOCK);
  let victims = 0;
  const { writer } = database;
  const caller = createProcedureCaller(
    {
      ...writer,
      withConnection: (work) =>
        writer.withConnection(async (connection) => {
          try {
            return await work(connection);
          } catch (error) {
            if (sqlErrorOf(error)?.errno === 1213) victims += 1;
            throw error;
          }
        }),
    },
    posRules,
  );
  const signal = new AbortController().signal;
  const seed = Date.now() % 1_000_000;
  const days = fc.sample(fc.array(deed, { minLength: 40, maxLength: 40 }), { numRuns: TERMINALS, seed });
  const refusals = new Map<unknown, number>();
  await Promise.all(
    days.map(async (deeds) => {
      for (const { name, ...args } of deeds) {
        const procedure = posProcedures.find((candidate) => candidate.name === name);
        if (!procedure) throw new Error(`There is no ${name}.`);
        await caller.call(procedure, args, signal).catch((error: unknown) => {
          if (!(error instanceof VitrineError) || error.code !== "RULE_VIOLATED") throw error;
          refusals.set(error.details.rule, (refusals.get(error.details.rule) ?? 0) + 1);
        });
      }
    }),
  );
  expect(
    [...refusals.keys()].filter(
      (rule) => !["UNKNOWN_ORDER", "ORDER_CLOSED", "OUT_OF_STOCK"].includes(String(rule)),
    ),
  ).toEqual([]);
  // The gateway tries these again. Measured: 10 in 200 calls without the lock order, 1 in 6,000 with it.
  expect(victims, `seed ${seed}`).toBeLessThanOrEqual(4);
  // Stock: what was there, less what orders hold that are not cancelled.
  expect(
    await shop.query(
      `select p.name, p.available_quantity, sold.n from product p left join (
        select l.product_id, sum(l.quantity) as n from orderline l join \`order\` o using (order_id)
        where o.status <> 'cancelled' group by l.product_id) sold using (product_id)
      where p.available_quantity <> ? - coalesce(sold.n, 0)`,
      [STOCK],
    ),
    `seed ${seed}`,
  ).toEqual([]);
  expect(
    await shop.query(
      `select o.order_id from \`order\` o where o.sales_tax <> round(o.subtotal * 0.0825, 2) or o.subtotal <>
        (select coalesce(sum(l.line_total), 0) from orderline l where l.order_id = o.order_id)`,
    ),
    `seed ${seed}`,
  ).toEqual([]);
  // No order without lines, and the history of prices has no gap.
  expect(
    await shop.query("select order_id from `order` where order_id not in (select order_id from orderline)"),
  ).toEqual([]);
  expect(
    await shop.query(
      `select * from (select product_id, old_price,
        coalesce(lag(new_price) over (partition by product_id order by price_history_id), 2.50) as price_before
        from price_history) h where old_price <> price_before`,
    ),
  ).toEqual([]);
  for (const [stored, view] of [
    ["mv_product_buyers", "v_product_buyers"],
    ["mv_customer_purchases", "v_customer_purchases"],
  ])
    expect(await shop.query(`select * from ${stored} order by 1`)).toEqual(
      await shop.query(`select * from ${view} order by 1`),
    );
});

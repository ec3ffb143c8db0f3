import type { MariaDb, MariaDbConnection } from "../src/stores/mariadb/mariadb.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import { time, withShop } from "./with-shop.ts";

const SCALE = 0.1;
const ORDERS = 300;
const LINES = 3;
const ROUNDS = 5;

/** What the business triggers cost an order, beside the same inserts that only capture and versioning see. */
export const run = (context: BenchContext): Promise<void> =>
  withShop(context, SCALE, async ({ admin }) => {
    await admin.run("update product set available_quantity = 1000000");
    const [{ customers = 0, products = 0 } = {}] = await admin.query<
      Record<"customers" | "products", number>
    >(
      `select (select max(customer_id) from customer) as customers, (select max(product_id) from product) as products`,
    );
    // Other customers and products each round, the same for each way.
    const baskets = (round: number) =>
      Array.from({ length: ORDERS }, (_, n) => ({
        customer: 1 + ((n * 7 + round * 13) % (customers - 1)),
        products: Array.from(
          { length: LINES },
          (_, line) => 1 + ((n * 11 + round + line * 17) % (products - 1)),
        ),
      }));
    const seconds = { bare: [] as number[], triggers: [] as number[], procedure: [] as number[] };
    const sellAll = (round: number, sell: Sell) =>
      admin.withConnection((connection) =>
        time(async () => {
          for (const basket of baskets(round)) await sell(connection, basket);
        }),
      );
    for (let round = 0; round < ROUNDS; round++) {
      seconds.triggers.push(await sellAll(3 * round, insertOrder));
      seconds.procedure.push(await sellAll(3 * round + 1, recordSale));
      await withoutBusinessTriggers(admin, async () => {
        seconds.bare.push(await sellAll(3 * round + 2, insertOrder));
      });
    }
    const bare = "(a) capture and versioning only";
    printRatios(context, `Sales: ${ORDERS} orders of ${LINES} lines, one connection`, bare, [
      { what: bare, seconds: median(seconds.bare) },
      { what: "(b) with prices, stock, totals and buyers", seconds: median(seconds.triggers) },
      { what: "(c) the same by record_sale", seconds: median(seconds.procedure) },
    ]);
  });

interface Basket {
  readonly customer: number;
  readonly products: readonly number[];
}
type Sell = (connection: MariaDbConnection, basket: Basket) => Promise<void>;

const insertOrder: Sell = async (connection, { customer, products }) => {
  await connection.run("start transaction");
  const { insertId } = await connection.run("insert into `order` (customer_id) values (?)", [customer]);
  const rows = products.map((product) => [insertId, product, 2, "42.99"]);
  await connection.run("insert into orderline (order_id, product_id, quantity, unit_price) values ?", [rows]);
  await connection.run("commit");
};

const recordSale: Sell = async (connection, { customer, products }) => {
  const lines = products.map((productId) => ({ productId, quantity: 2 }));
  await connection.query("call record_sale(?, ?)", [customer, JSON.stringify(lines)]);
};

/** Drops every trigger that is not capture, and makes them again. */
async function withoutBusinessTriggers(admin: MariaDb, work: () => Promise<void>): Promise<void> {
  const triggers = await admin.query<{ name: string }>(
    `select trigger_name as name from information_schema.triggers
    where trigger_schema = database() and event_object_table in ('order', 'orderline')
      and trigger_name not like '%\\_capture'`,
  );
  const texts: string[] = [];
  for (const { name } of triggers) {
    const [row] = await admin.query<Record<string, string>>(`show create trigger \`${name}\``);
    texts.push(row?.["SQL Original Statement"] ?? "");
    await admin.run(`drop trigger \`${name}\``);
  }
  await work();
  // The rows that were sold without the rules must not trouble those that follow.
  await admin.query("call refresh_materialized_views()");
  for (const text of texts) await admin.run(text);
}

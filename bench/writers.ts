import { pos } from "../src/domains/pos/index.ts";
import { migrateUp } from "../src/migrations/migrate.ts";
import { openMariaDb, sqlErrorOf } from "../src/stores/mariadb/mariadb.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import type { BenchShop } from "./with-shop.ts";

const WRITERS = 8;
const WRITING_SECONDS = 4;
const ROUNDS = 2;

/** Orders of three lines, by eight terminals, with the capture triggers and without. */
export async function measureWriters(context: BenchContext, shop: BenchShop): Promise<void> {
  const rates = { with: [] as number[], without: [] as number[] };
  const deadlocks = { with: 0, without: 0 };
  for (let round = 0; round < ROUNDS; round++)
    for (const capture of ["with", "without"] as const) {
      if (capture === "with") await migrateUp({ admin: shop.admin, sqlDir: "sql", domains: [pos] });
      else await dropCapture(shop);
      const sold = await sell(shop);
      rates[capture].push(sold.orders / WRITING_SECONDS);
      deadlocks[capture] += sold.deadlocks;
    }
  await migrateUp({ admin: shop.admin, sqlDir: "sql", domains: [pos] });
  printRatios(context, `Seconds per 1,000 orders of three lines, ${WRITERS} terminals`, "without capture", [
    { what: "without capture", seconds: 1000 / median(rates.without) },
    { what: "with capture", seconds: 1000 / median(rates.with) },
  ]);
  const share = (100 * median(rates.with)) / median(rates.without);
  context.print(`  throughput with capture ${share.toFixed(0)} % (target ≥ 80 %)`);
  context.print(`  deadlocks ${deadlocks.with} with, ${deadlocks.without} without`);
}

async function dropCapture({ admin }: BenchShop): Promise<void> {
  const triggers = await admin.query<{ name: string }>(
    `select trigger_name as name from information_schema.triggers
    where trigger_schema = database() and trigger_name like '%capture'`,
  );
  for (const { name } of triggers) await admin.run(`drop trigger ${name}`);
}

async function sell(shop: BenchShop): Promise<{ orders: number; deadlocks: number }> {
  const writer = openMariaDb(shop.mariadbUrl, { size: WRITERS });
  const products = await shop.admin.query<{ id: number }>(
    "select product_id as id from product where available_quantity > 100 order by product_id",
  );
  const until = performance.now() + WRITING_SECONDS * 1000;
  let orders = 0;
  let deadlocks = 0;
  const terminal = async () => {
    while (performance.now() < until)
      try {
        await writer.transaction(async (connection) => {
          const { insertId } = await connection.run(
            "insert into `order` (customer_id) select customer_id from customer where customer_id >= ? limit 1",
            [Math.floor(Math.random() * 7000)],
          );
          const first = Math.floor(Math.random() * (products.length - 3));
          // In the order of the key, as every terminal should lock what it sells.
          const lines = products.slice(first, first + 3).map(({ id }) => [insertId, id, 1, "9.99"]);
          await connection.run(
            "insert into orderline (order_id, product_id, quantity, unit_price) values ?",
            [lines],
          );
        });
        orders += 1;
      } catch (error) {
        if (sqlErrorOf(error)?.errno !== 1213) throw error;
        deadlocks += 1;
      }
  };
  await Promise.all(Array.from({ length: WRITERS }, terminal));
  await writer.close();
  return { orders, deadlocks };
}

import { setTimeout as sleep } from "node:timers/promises";
import type { BenchContext } from "./bench-context.ts";
import { spend } from "./cpu-time.ts";
import { drained, startLoader } from "./loader-process.ts";
import { createThings } from "./things.ts";
import { type BenchShop, withShop } from "./with-shop.ts";

const SCALE = 0.05;
const SHOP_MODELS = 14;
const COUNTS = [14, 50, 150];
const IDLE_SECONDS = 10;
const CHANGES = 1000;

/** What a loader takes with many models, most of which no change concerns. */
export async function run(context: BenchContext): Promise<void> {
  context.print("\nA loader of many models: the shop's, and others each over a table of its own");
  context.print("  models  connections  idle, processor s/min  1,000 changes of the shop, processor s");
  for (const count of COUNTS)
    await withShop(context, SCALE, async (shop) => {
      const things = count - SHOP_MODELS;
      await createThings(shop.admin, things);
      const others = await countConnections(shop);
      const loader = startLoader(shop, { things });
      const processes = { ...context.servers, loader: loader.pid };
      try {
        await drained(shop, count);
        let connections = 0;
        const sampling = setInterval(async () => {
          connections = Math.max(connections, await countConnections(shop));
        }, 50);
        const idle = await spend(processes, () => sleep(IDLE_SECONDS * 1000));
        const busy = await spend(processes, () => change(shop, count));
        clearInterval(sampling);
        const sum = (cpu: Readonly<Record<string, number>>) =>
          Object.values(cpu).reduce((total, one) => total + one, 0);
        const perMinute = (sum(idle.cpu) * 60) / IDLE_SECONDS;
        const parts = Object.entries(busy.cpu).map(([name, spent]) => `${name} ${spent.toFixed(2)}`);
        context.print(
          `  ${String(count).padStart(6)}  ${String(connections - others).padStart(11)}  ${perMinute.toFixed(2).padStart(21)}  ${sum(busy.cpu).toFixed(2)} (${parts.join(", ")})`,
        );
      } finally {
        await loader.stop();
      }
    });
}

/** One order after the other, and until all of it is in the mirror. */
async function change(shop: BenchShop, models: number): Promise<void> {
  const orders = await shop.admin.query<{ id: number }>(
    `select order_id as id from \`order\` order by order_id limit ${CHANGES}`,
  );
  for (const { id } of orders)
    await shop.admin.run("update orderline set unit_price = unit_price + 1 where order_id = ? limit 1", [id]);
  await drained(shop, models);
}

async function countConnections({ admin }: BenchShop): Promise<number> {
  const [row] = await admin.query<{ n: string }>(
    "select count(*) as n from information_schema.processlist where db = database()",
  );
  return Number(row?.n);
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pos } from "../src/domains/pos/index.ts";
import { orderDetails } from "../src/domains/pos/models/order-details.ts";
import { openFolder } from "../src/exports/destinations/folder.ts";
import { exportChanges } from "../src/exports/incremental/export-changes.ts";
import { createLogger } from "../src/log.ts";
import { createLoader } from "../src/mirror/loader.ts";
import { openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import { type BenchShop, time } from "./with-shop.ts";

const rounds = 3;
const full = "first run, every document";

/** What a run costs after 1 % of the documents changed, and after none, beside the first run of a destination. */
export async function benchChanges(context: BenchContext, shop: BenchShop): Promise<void> {
  const { admin, mongo, mariadbUrl } = shop;
  const pool = openMariaDb(mariadbUrl, { size: 12 });
  const stop = new AbortController();
  const served = [orderDetails];
  const loader = createLoader({
    db: pool,
    mongo,
    models: pos.models,
    served,
    logger: createLogger("silent"),
  });
  await loader.once(stop.signal);
  const following = loader.run(stop.signal);
  const seconds = new Map<string, number[]>();
  let rows = 0;
  const run = async (what: string, out: string) => {
    const request = { db: admin, mongo, destination: openFolder(out), models: served, signal: stop.signal };
    // The wait for the mirror is no part of it: it follows from what is written meanwhile.
    await loader.once(stop.signal);
    const took = await time(async () => {
      for (const { manifest } of await exportChanges({ ...request, patienceMs: 0 }))
        rows = manifest?.rows ?? 0;
    });
    seconds.set(what, [...(seconds.get(what) ?? []), took]);
    return rows;
  };
  let all = 0;
  for (let round = 0; round < rounds; round += 1) {
    const out = await mkdtemp(join(tmpdir(), "vitrine-bench-changes-"));
    all = await run(full, out);
    await admin.run(
      "update `order` set date_placed = date_placed - interval 1 second where order_id % 100 = ?",
      [round],
    );
    const changed = await run("after 1 % of them changed", out);
    if (Math.abs(changed / all - 0.01) > 0.005) throw new Error(`${changed} of ${all} rows were written.`);
    await run("after nothing changed", out);
    await rm(out, { recursive: true });
  }
  stop.abort();
  await following.catch(() => undefined);
  await pool.close();
  printRatios(
    context,
    `Incremental export of order_details (${all.toLocaleString("en")} documents)`,
    full,
    [...seconds].map(([what, values]) => ({ what, seconds: median(values) })),
  );
}

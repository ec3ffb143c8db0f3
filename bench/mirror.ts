import { customerOrders } from "../src/domains/pos/models/customer-orders.ts";
import { orderDetails } from "../src/domains/pos/models/order-details.ts";
import { productBuyers } from "../src/domains/pos/models/product-buyers.ts";
import { createLogger } from "../src/log.ts";
import { createLoader, loaderConnections } from "../src/mirror/loader.ts";
import type { DocumentModel } from "../src/models/model.ts";
import { type MariaDb, openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { documentsSql } from "../test/support/model-contract.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import { type BenchShop, time, withShop } from "./with-shop.ts";

const SCALE = 1;
const TRANSACTIONS = 1000;
const PER_SECOND = 100;

/** What a rebuild costs beside the bare reading of its view, and how soon a commit is visible in the mirror. */
export const run = (context: BenchContext): Promise<void> =>
  withShop(context, SCALE, async (shop) => {
    const models = [customerOrders, orderDetails, productBuyers];
    const [row] = await shop.admin.query<{ name: string }>("select database() as name");
    const url = Object.assign(new URL(context.mariadbUrl), { pathname: `/${row?.name}` }).href;
    const db = openMariaDb(url, { size: loaderConnections });
    try {
      await benchRebuild(context, shop, db);
      await benchLag(context, shop, db, models);
    } finally {
      await db.close();
    }
  });

async function benchRebuild(context: BenchContext, { admin, mongo }: BenchShop, db: MariaDb): Promise<void> {
  const read = async (use: (documents: readonly Record<string, unknown>[]) => Promise<unknown>) => {
    for (let after = -1; ; ) {
      const rows = await admin.query<{ document_id: number; document: string }>(
        `${documentsSql(customerOrders)} where customer_id > ? order by customer_id limit 500`,
        [after],
      );
      const last = rows.at(-1);
      if (!last) return;
      after = last.document_id;
      await use(rows.map((row) => ({ _id: row.document_id, ...JSON.parse(row.document) })));
    }
  };
  const load = mongo.db.collection("bench_load");
  const durable = { ordered: false, writeConcern: { w: "majority", journal: true } } as const;
  const loader = createLoader({
    db,
    mongo,
    models: [customerOrders],
    logger: createLogger("warn"),
    verifyShare: 0,
  });
  const discard: number[] = [];
  const insert: number[] = [];
  const indexed: number[] = [];
  const rebuild: number[] = [];
  for (let round = 0; round < 3; round++) {
    discard.push(await time(() => read(async () => {})));
    await load.drop().catch(() => undefined);
    insert.push(await time(() => read((documents) => load.insertMany([...documents], durable))));
    await load.drop();
    for (const field of customerOrders.filters) await load.createIndex({ [field]: 1, _id: 1 });
    indexed.push(await time(() => read((documents) => load.insertMany([...documents], durable))));
    await mongo.db
      .collection(customerOrders.name)
      .drop()
      .catch(() => undefined);
    await mongo.db
      .collection("_vitrine")
      .drop()
      .catch(() => undefined);
    // As if it had never been there: what is lost without notice is told of.
    await db.run("update vitrine_state set acked = 0");
    rebuild.push(await time(() => loader.rebuild([customerOrders], new AbortController().signal)));
  }
  await load.drop();
  const base = "read, insertMany one after the other";
  printRatios(context, `Rebuild of customer_orders at scale ${SCALE}`, base, [
    { what: "read the view, discard", seconds: median(discard) },
    { what: base, seconds: median(insert) },
    { what: "the same with the indexes of the model", seconds: median(indexed) },
    { what: "vitrine rebuild", seconds: median(rebuild) },
  ]);
  const documents = await mongo.db.collection(customerOrders.name).countDocuments();
  context.print(`  ${Math.round(documents / median(rebuild)).toLocaleString("en")} documents/s`);
  context.print(`  memory of this process: ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`);
}

/** Commits at a steady rate; the time until a read of the mirror shows each. */
async function benchLag(
  context: BenchContext,
  { admin, mongo }: BenchShop,
  db: MariaDb,
  models: readonly DocumentModel[],
): Promise<void> {
  const stop = new AbortController();
  const loader = createLoader({ db, mongo, models, logger: createLogger("warn"), verifyShare: 0 });
  await loader.once(stop.signal);
  const running = loader.run(stop.signal);
  const committed = new Map<string, number>();
  const lags: number[] = [];
  const stream = mongo.db.collection(customerOrders.name).watch([], { fullDocument: "updateLookup" });
  stream.on("change", (change) => {
    const name = "fullDocument" in change ? String(change.fullDocument?.lastName) : "";
    const at = committed.get(name);
    if (at === undefined) return;
    committed.delete(name);
    lags.push(performance.now() - at);
  });
  const ids = await admin.query<{ id: number }>(
    `select customer_id as id from customer order by customer_id limit ${TRANSACTIONS}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  const started = performance.now();
  for (const [index, { id }] of ids.entries()) {
    const due = started + (index * 1000) / PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const name = `Lag${index}`;
    // Noted before the commit returns: the mirror may be faster than this process.
    committed.set(name, performance.now());
    await admin.run("update customer set last_name = ? where customer_id = ?", [name, id]);
    if (committed.has(name)) committed.set(name, performance.now());
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  stop.abort();
  await Promise.all([running, stream.close()]);
  lags.sort((a, b) => a - b);
  const at = (share: number) => (lags[Math.floor(lags.length * share)] ?? Number.NaN).toFixed(1);
  context.print(`\nCommit → visible in the mirror, ${PER_SECOND} transactions/s, three models`);
  context.print(`  p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${lags.length} of ${ids.length} seen)`);
}

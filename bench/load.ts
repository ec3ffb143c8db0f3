import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { customerOrders, orderDetails } from "../src/domains/pos/models/index.ts";
import { verifyModel } from "../src/mirror/verify/verify.ts";
import { bsonCodecOf } from "../src/stores/conversion/document-codec.ts";
import { createLiveStore } from "../src/stores/mariadb/live-store.ts";
import { documentsSql } from "../test/support/model-contract.ts";
import { type BenchContext, printRatios } from "./bench-context.ts";
import { printSpent, spend } from "./cpu-time.ts";
import { measureVisibility, percentile, type Visibility } from "./latency.ts";
import { drained, type LoaderProcess, startLoader } from "./loader-process.ts";
import { type BenchShop, time, withShop } from "./with-shop.ts";
import { measureWriters } from "./writers.ts";

const SCALE = 1;
const BACKLOG_ROWS = 36_000; // an hour at ten transactions per second
const BUYERS = 50_000;

/** What the mirror costs its source, and how fast it follows: each beside the least that must be done. */
export const run = (context: BenchContext): Promise<void> =>
  withShop(context, SCALE, async (shop) => {
    await measureWriters(context, shop);
    await measureDualWrites(context, shop);
    const loader = await measureFollowing(context, shop, await measureFullLoad(context, shop));
    await measureVerify(context, shop);
    await measureFanOut(context, shop);
    const { idleMiB, peakMiB } = await loader.report();
    context.print(
      `\nLoader memory (RSS): ${idleMiB} MiB idle, at most ${peakMiB} since the backlog (target ≤ 256)`,
    );
    await loader.stop();
  });

/**
 * The floor: the terminal itself reads the document after its commit and writes it to MongoDB, without a log, a
 * guard or a second try. A crash in between loses the change, and two terminals may leave the older document.
 */
async function measureDualWrites(context: BenchContext, shop: BenchShop): Promise<void> {
  const codec = bsonCodecOf(orderDetails);
  const live = createLiveStore(shop.admin);
  const copy = shop.mongo.db.collection<{ _id: number }>("dual_writes");
  await shop.mongo.db.createCollection(copy.collectionName);
  const afterCommit = async (id: number) => {
    const document = (await live.findByIds(orderDetails, [String(id)])).get(String(id));
    if (!document) throw new Error(`order ${id} is gone`);
    const durable = { upsert: true, writeConcern: { w: "majority", journal: true } } as const;
    await copy.replaceOne({ _id: id }, codec.toBson(document), durable);
  };
  for (const rate of [100, 500]) {
    const traffic = { rate, seconds: 5, from: rate === 100 ? 1 : 2000, collection: copy.collectionName };
    const spent = await spend(context.servers, async () => {
      const found = await measureVisibility(shop, { ...traffic, afterCommit });
      printVisibility(context, `The terminal writes both stores itself, unsafely, at ${rate} tx/s`, found);
    });
    printSpent(context, spent);
  }
  await copy.drop();
}

/** All three models by the loader; `customer_orders` beside `select … into outfile` and plain inserts. */
async function measureFullLoad(context: BenchContext, shop: BenchShop): Promise<LoaderProcess> {
  const { admin, mongo } = shop;
  const file = `/tmp/vitrine-bench-${process.pid}.ndjson`;
  const outfile = await time(() =>
    admin.run(
      `select document from (${documentsSql(customerOrders)}) as documents into outfile '${file}' fields escaped by '' lines terminated by '\\n'`,
    ),
  );
  const codec = bsonCodecOf(customerOrders);
  const copy = mongo.db.collection("copy");
  const insert = await time(async () => {
    let batch: object[] = [];
    for await (const line of createInterface({ input: createReadStream(file) })) {
      batch.push(JSON.parse(line));
      if (batch.length === 1000) {
        await copy.insertMany(batch, { ordered: false });
        batch = [];
      }
    }
    if (batch.length > 0) await copy.insertMany(batch, { ordered: false });
  });
  await rm(file);
  const typed = await time(async () => {
    const batch: object[] = [];
    for await (const document of createLiveStore(admin).stream(customerOrders, null)) {
      batch.push(codec.toBson(document));
      if (batch.length === 1000) await copy.insertMany(batch.splice(0), { ordered: false });
    }
    if (batch.length > 0) await copy.insertMany(batch, { ordered: false });
  });
  const began = performance.now();
  const loader = startLoader(shop);
  const spent = await spend({ ...context.servers, loader: loader.pid }, () => drained(shop));
  const all = (performance.now() - began) / 1000;
  await admin.run(
    "update vitrine_state set rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null where model = 'customer_orders'",
  );
  await mongo.db.collection(customerOrders.name).deleteMany({});
  const rebuild = await time(() => drained(shop));
  const peer = "select … into outfile, then plain inserts of the file's lines (numbers inexact)";
  printRatios(context, "Full load of customer_orders", peer, [
    { what: "select … into outfile alone", seconds: outfile },
    { what: peer, seconds: outfile + insert },
    { what: "reading the view, exact types, plain insertMany", seconds: typed },
    { what: "loader: guarded, acknowledged, resumable, up to 1 s until it looks", seconds: rebuild },
    { what: "loader, all three models, with its start", seconds: all },
  ]);
  printSpent(context, spent);
  return loader;
}

async function measureFollowing(
  context: BenchContext,
  shop: BenchShop,
  loader: LoaderProcess,
): Promise<LoaderProcess> {
  for (const rate of [100, 500]) {
    const spent = await spend({ ...context.servers, loader: loader.pid }, async () => {
      const found = await measureVisibility(shop, { rate, seconds: 5, from: rate === 100 ? 1 : 2000 });
      printVisibility(context, `Commit → visible at ${rate} tx/s (target p50 ≤ 12 ms, p99 ≤ 50 ms)`, found);
    });
    printSpent(context, spent);
  }
  await drained(shop);
  await loader.stop();
  const logged = await time(() =>
    shop.admin.run(
      `update orderline set unit_price = unit_price + 0.01 order by order_id limit ${BACKLOG_ROWS}`,
    ),
  );
  const next = startLoader(shop);
  const spent = await spend({ ...context.servers, loader: next.pid }, () => drained(shop));
  const { seconds } = spent;
  const { written } = await next.report();
  printRatios(
    context,
    `Catching up with ${BACKLOG_ROWS.toLocaleString("en")} changed lines`,
    "writing them",
    [
      { what: "writing them", seconds: logged },
      { what: "loader, with its start", seconds },
    ],
  );
  context.print(`  ${written} documents: ${Math.round(written / seconds)} per second (target ≥ 5,000)`);
  printSpent(context, spent);
  return next;
}

function printVisibility(context: BenchContext, title: string, found: Visibility): void {
  const line = (what: string, values: readonly number[]) =>
    `  ${what.padEnd(28)} p50 ${percentile(values, 0.5).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms`;
  context.print(`\n${title}`);
  context.print(line("the commit itself", found.commit));
  context.print(line("commit → visible", found.visible));
  context.print(`  ${found.rate.toFixed(0)} transactions per second were reached`);
}

/** How fast documents are proven while nobody writes, and what that costs those who do. */
async function measureVerify(context: BenchContext, shop: BenchShop): Promise<void> {
  const { admin: db, mongo } = shop;
  await drained(shop);
  const verify = (deep: boolean, signal: AbortSignal) =>
    verifyModel({ db, mongo, model: orderDetails, deep, signal });
  const never = new AbortController().signal;
  context.print("\nverify of order_details, nobody writes");
  for (const deep of [false, true]) {
    let checked = 0;
    const seconds = await time(async () => {
      checked = (await verify(deep, never)).checked;
    });
    const perSecond = Math.round(checked / seconds).toLocaleString("en");
    context.print(`  ${deep ? "deep " : "quick"}  ${perSecond} documents per second (${checked} checked)`);
  }
  printVisibility(
    context,
    "100 tx/s without verify",
    await measureVisibility(shop, { rate: 100, seconds: 3, from: 6000 }),
  );
  const stop = new AbortController();
  const verifying = (async () => {
    while (!stop.signal.aborted) await verify(true, stop.signal).catch(() => undefined);
  })();
  const beside = await measureVisibility(shop, { rate: 100, seconds: 3, from: 8000 });
  stop.abort();
  await verifying;
  printVisibility(context, "100 tx/s beside verify --deep, over and over", beside);
}

/** A product in the documents of 50,000 customers is renamed while small changes go on. */
async function measureFanOut(context: BenchContext, shop: BenchShop): Promise<void> {
  await shop.admin.withConnection(async (connection) => {
    await connection.run("set @pos_bulk_load = 1");
    await connection.run(
      "insert into product (product_id, name, current_price) values (900000, 'Bestseller', 1)",
    );
    await connection.run(`insert into customer (customer_id, first_name, last_name, address1, zip)
      select 1000000 + seq, 'B', 'Buyer', '1 Main St', (select min(zip) from city) from seq_1_to_${BUYERS}`);
    await connection.run(`insert into \`order\` (order_id, customer_id)
      select 1000000 + seq, 1000000 + seq from seq_1_to_${BUYERS}`);
    await connection.run(`insert into orderline (order_id, product_id, quantity, unit_price)
      select 1000000 + seq, 900000, 1, 1.00 from seq_1_to_${BUYERS}`);
    await connection.run("set @pos_bulk_load = null");
  });
  await drained(shop);
  const before = await measureVisibility(shop, { rate: 50, seconds: 3, from: 10_000 });
  const started = performance.now();
  await shop.admin.run("update product set name = 'Bestseller, renamed' where product_id = 900000");
  const during = await measureVisibility(shop, { rate: 50, seconds: 5, from: 12_000 });
  const isOver = await isDrained(shop);
  await drained(shop);
  const all = (performance.now() - started) / 1000;
  printVisibility(context, "50 tx/s before", before);
  printVisibility(context, `50 tx/s while a product with ${BUYERS} buyers is renamed`, during);
  context.print(
    `  the fan-out took ${all.toFixed(1)} s${isOver ? " and was over before the small traffic was" : ""}`,
  );
}

async function isDrained({ admin }: BenchShop): Promise<boolean> {
  return (await admin.query("select 1 from vitrine_pending limit 1")).length === 0;
}

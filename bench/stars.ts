import { calendar } from "../src/domains/calendar/index.ts";
import { totesys } from "../src/domains/totesys/index.ts";
import { currentPurchaseOrder, salesOrder, salesRecord } from "../src/domains/totesys/models/index.ts";
import { bsonCodecOf } from "../src/stores/conversion/document-codec.ts";
import { createLiveStore } from "../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../src/stores/mongodb/mirror-store.ts";
import type { BenchContext } from "./bench-context.ts";
import { median } from "./bench-context.ts";
import { printSpent, spend } from "./cpu-time.ts";
import { percentile } from "./latency.ts";
import { drained, startLoader } from "./loader-process.ts";
import type { Way } from "./measure-in-turns.ts";
import { measureStarChanges, modelsOf, planChanges, type StarLatencies, stars } from "./star-changes.ts";
import { type BenchShop, time, withSample } from "./with-shop.ts";

const RATE = 100;
const SECONDS = 10;
const VERSIONS = 8;
const ROUNDS = 300;
/** Sales of the sample have no such numbers. */
const NEW_SALE = 500_000_000;

/** How soon the three stars of a back office show what is written, and what the history of one order costs. */
export const run = (context: BenchContext): Promise<void> =>
  withSample(
    context,
    { scale: context.scale ?? 1, domain: totesys, domains: [calendar, totesys] },
    async (shop) => {
      const limit = await measureFloor(context, shop);
      const names = stars.flatMap(modelsOf);
      const loader = startLoader(shop, { models: names });
      const seconds = await time(() => drained(shop, names.length));
      context.print(
        `\nLoading ${names.length} models of three stars took ${seconds.toFixed(1)} s, with the start`,
      );
      await measureStars(context, shop, loader.pid, limit);
      await measureHistory(context, shop, names.length);
      await loader.stop();
    },
  );

/**
 * The limit: the terminal itself reads the fact after its commit and writes it to MongoDB, one document of the three that a loader
 * writes, without a log, a guard or a second try. The p50 of that, in milliseconds.
 */
async function measureFloor(context: BenchContext, shop: BenchShop): Promise<number> {
  const codec = bsonCodecOf(salesOrder);
  const live = createLiveStore(shop.admin);
  const copy = shop.mongo.db.collection<{ _id: number }>("dual_writes");
  await shop.mongo.db.createCollection(copy.collectionName);
  const changes = (await planChanges(shop.admin, 4 * RATE * 3, NEW_SALE)).filter(
    ({ star }) => star.key === salesOrder.key,
  );
  const found = await measureStarChanges(shop, {
    changes: changes.slice(0, RATE * 3),
    rate: RATE,
    seenIn: () => ({ "the fact": copy.collectionName }),
    afterCommit: async ({ id }) => {
      const fact = (await live.findByIds(salesOrder, [String(id)])).get(String(id));
      if (!fact) throw new Error(`Sale ${id} is gone.`);
      const durable = { upsert: true, writeConcern: { w: "majority", journal: true } } as const;
      await copy.replaceOne({ _id: id }, codec.toBson(fact), durable);
    },
  });
  printVisible(context, "The terminal writes both stores itself, unsafely: the limit", found);
  await copy.drop();
  return percentile([...found.visible.values()].flat(), 0.5);
}

async function measureStars(
  context: BenchContext,
  shop: BenchShop,
  pid: number | undefined,
  limit: number,
): Promise<void> {
  // Behind those of the floor.
  const changes = await planChanges(shop.admin, RATE * SECONDS, 2 * NEW_SALE);
  const spent = await spend({ ...context.servers, loader: pid }, async () => {
    const found = await measureStarChanges(shop, {
      changes,
      rate: RATE,
      seenIn: (star) => {
        const [facts, current, history] = modelsOf(star);
        return { facts, "current rows": current, versions: history };
      },
    });
    printVisible(context, "The loader, three stars of three models (target p50 ≤ 12 ms, p99 ≤ 50 ms)", found);
    for (const [kind, ages] of found.visible)
      context.print(`  p50 of ${kind}: ${(percentile(ages, 0.5) / limit).toFixed(1)} × the limit`);
  });
  printSpent(context, spent);
}

function printVisible(context: BenchContext, what: string, { visible, rate }: StarLatencies): void {
  context.print(`\n${what}, ${rate.toFixed(0)} changes per second`);
  for (const [kind, ages] of visible) {
    const seen = ages.filter(Number.isFinite);
    const at = (share: number) => percentile(seen, share).toFixed(1);
    context.print(
      `  commit → visible, ${kind}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${seen.length} of ${ages.length} seen)`,
    );
  }
}

/** Every version of one order beside one document of another model by id, from the mirror; and the driver's bare reads of both. */
async function measureHistory(context: BenchContext, shop: BenchShop, models: number): Promise<void> {
  const [sale] = await shop.admin.query<{ id: number }>("select max(sales_order_id) as id from sales_order");
  const [purchase] = await shop.admin.query<{ id: number }>(
    "select min(purchase_order_id) as id from purchase_order",
  );
  if (!sale || !purchase) throw new Error("There are no orders.");
  // Its first version is that of its insert.
  for (let version = 1; version < VERSIONS; version += 1)
    await shop.admin.run("update sales_order set units_sold = units_sold + 1 where sales_order_id = ?", [
      sale.id,
    ]);
  await drained(shop, models);
  const mirror = createMirrorStore(shop.mongo);
  const field = "salesOrderId";
  const page = {
    where: { kind: "compare", field, operator: "eq", value: sale.id },
    orderBy: [],
    ...{ after: null, before: null, limit: 50, fromEnd: false },
  } as const;
  const history = shop.mongo.db.collection(salesRecord.name);
  const purchases = shop.mongo.db.collection<{ _id: number }>(currentPurchaseOrder.name);
  const found = await mirror.findPage(salesRecord, page);
  if (found.length !== VERSIONS) throw new Error(`${found.length} versions are in the mirror.`);
  await printInTurns(context, `History of one order, ${VERSIONS} versions, from the mirror`, [
    {
      what: "one document of another model by id",
      work: () => mirror.findByIds(currentPurchaseOrder, [String(purchase.id)]),
    },
    { what: "the history of one order", work: () => mirror.findPage(salesRecord, page) },
    { what: "the limit of the first: the driver alone", work: () => purchases.findOne({ _id: purchase.id }) },
    {
      what: "the limit of the second: the driver alone",
      work: () => history.find({ [field]: sale.id }).toArray(),
    },
  ]);
}

/** Prints the middle of each way in milliseconds, beside the first; they take turns, read by read. */
async function printInTurns(context: BenchContext, title: string, ways: readonly Way[]): Promise<void> {
  const seconds = ways.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, { work }] of ways.entries()) seconds[index]?.push(await time(work));
  const [unit = Number.NaN, ...others] = seconds.map(median);
  const width = Math.max(...ways.map(({ what }) => what.length));
  context.print(`\n${title}`);
  for (const [index, p50] of [unit, ...others].entries())
    context.print(
      `  ${ways[index]?.what.padEnd(width)}  p50 ${(p50 * 1000).toFixed(2)} ms  ${(p50 / unit).toFixed(2)} ×`,
    );
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pos } from "../../src/domains/pos/index.ts";
import { importFiles } from "../../src/imports/import-files.ts";
import { writeFiles } from "../../src/imports/write-files.ts";
import { createLogger } from "../../src/log.ts";
import { createLoader, loaderConnections } from "../../src/mirror/loader.ts";
import { type VerifyReport, verifyModel } from "../../src/mirror/verify/verify.ts";
import { type MariaDb, openMariaDb, sqlErrorOf } from "../../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import { waitUntilDrained } from "../faults/in-flight.ts";
import { createRandom } from "../faults/random.ts";
import { compareShop } from "../support/comparator.ts";
import { chooseDeed, type Sizes } from "./deeds.ts";
import { findBrokenRules } from "./find-broken-rules.ts";

export interface MixOptions {
  /** Both with the path of a database; MariaDB's is migrated and empty. */
  readonly mariadbUrl: string;
  readonly mongodbUrl: string;
  readonly seed: number;
  readonly seconds: number;
  /** Of the shop; 1 is as large as in the field. */
  readonly scale: number;
}

/** How often something was done, found nothing to change, and was refused by a rule, a deadlock or a foreign key. */
export interface Tally {
  done: number;
  idle: number;
  refused: number;
}

export interface MixResult {
  readonly deeds: ReadonlyMap<string, Tally>;
  /** From the last write until nothing was on its way. */
  readonly drainMs: number;
  /** `verify --deep` of every model. */
  readonly reports: readonly VerifyReport[];
  /** What the independent comparator found wrong. */
  readonly disagreements: readonly unknown[];
  /** Rules of the shop that its rows break: totals, price history, materialised views. */
  readonly broken: readonly string[];
}

/** No document is wrong, none is left unjudged, and the shop kept its rules. */
export const isClean = ({ reports, disagreements, broken }: MixResult): boolean =>
  disagreements.length === 0 &&
  broken.length === 0 &&
  reports.every((one) => one.isComplete && one.defects.length + one.unsettled + one.rejected === 0);

/** The kinds of deeds without which a mix is none. */
export const promisedDeeds = [
  "sell by procedure",
  "sell by plain SQL",
  "change a price by procedure",
  "change a price",
  "cancel an order",
  "delete an order",
  "import files",
] as const;

const isEverythingDone = (deeds: ReadonlyMap<string, Tally>): boolean =>
  promisedDeeds.every((name) => (deeds.get(name)?.done ?? 0) > 0);

const TERMINALS = 6;

/**
 * An hour of a shop in a minute: terminals sell, price, cancel, ship, move, rename and delete, by procedures and by
 * plain SQL, and files are imported, while a loader follows. Then everything is mirrored and compared.
 */
export async function runMix({
  mariadbUrl,
  mongodbUrl,
  seed,
  seconds,
  scale,
}: MixOptions): Promise<MixResult> {
  const models = pos.models;
  const shop = openMariaDb(mariadbUrl, { size: TERMINALS + 2, multipleStatements: true });
  const pool = openMariaDb(mariadbUrl, { size: loaderConnections });
  const mongo = openMongoDb(mongodbUrl);
  const never = new AbortController().signal;
  const deeds = new Map<string, Tally>();
  try {
    await importShop(shop, scale, seed, false);
    const sizes = await readSizes(shop);
    const loader = createLoader({ db: pool, mongo, models, logger: createLogger("silent") });
    await loader.once(never);
    const stop = new AbortController();
    const following = loader.run(stop.signal);
    const started = performance.now();
    const isOver = () => {
      const worked = performance.now() - started;
      // A slow machine goes on until each kind of deed has been seen; it is no other test for it.
      return worked > seconds * 1000 && (worked > seconds * 10_000 || isEverythingDone(deeds));
    };
    await Promise.all([
      ...Array.from({ length: TERMINALS }, (_, index) =>
        runTerminal(shop, sizes, deeds, seed * 31 + index, isOver),
      ),
      runImports(shop, deeds, { scale, seed, isOver }),
    ]);
    const stopped = performance.now();
    // Until the queues are empty: a model that was rebuilt instead is complete before, and nothing is said of what waits.
    const isDrained = await waitUntilDrained(shop, 600_000);
    stop.abort();
    await following;
    if (!isDrained) throw new Error("Ten minutes after the last write something was still on its way.");
    const drainMs = Math.round(performance.now() - stopped);
    const reports: VerifyReport[] = [];
    for (const model of models)
      reports.push(await verifyModel({ db: pool, mongo, model, deep: true, signal: never }));
    const { disagreements } = await compareShop(mariadbUrl, mongodbUrl);
    return { deeds, drainMs, reports, disagreements, broken: await findBrokenRules(shop) };
  } finally {
    await Promise.all([shop.close(), pool.close(), mongo.close()]);
  }
}

async function readSizes(db: MariaDb): Promise<Sizes> {
  const [row] = await db.query<Record<keyof Sizes, string>>(
    `select (select count(*) from customer) as customers, (select count(*) from product) as products,
      (select max(order_id) + 1 from \`order\`) as orders`,
  );
  return { customers: Number(row?.customers), products: Number(row?.products), orders: Number(row?.orders) };
}

async function runTerminal(
  db: MariaDb,
  sizes: Sizes,
  deeds: Map<string, Tally>,
  seed: number,
  isOver: () => boolean,
): Promise<void> {
  const random = createRandom(seed);
  while (!isOver()) {
    const deed = chooseDeed(sizes, random);
    await attempt(deeds, deed.name, () =>
      db.transaction(async (connection) => {
        let changed = 0;
        // A procedure refuses what it does not do.
        for (const [sql, values] of deed.statements)
          changed = deed.isCall
            ? (await connection.query(sql, values)).length
            : (await connection.run(sql, values)).affectedRows;
        // Some hold their transaction open: it commits after others that began later.
        if (random.below(20) === 0) await sleep(random.between(10, 200));
        return changed > 0;
      }),
    );
    if (deed.name.startsWith("sell")) sizes.orders = (await readSizes(db)).orders;
    await sleep(random.below(10));
  }
}

/** Other files each time: of the same shop as it is now, they change what they find and add what is new. */
async function runImports(
  db: MariaDb,
  deeds: Map<string, Tally>,
  { scale, seed, isOver }: { readonly scale: number; readonly seed: number; readonly isOver: () => boolean },
): Promise<void> {
  for (let round = 1; !isOver(); round++) {
    await attempt(deeds, "import files", () =>
      importShop(db, scale / (1 + (round % 3)), seed + round, round % 2 === 0),
    );
    await sleep(500);
  }
}

/** Whether it changed anything. */
async function importShop(admin: MariaDb, scale: number, seed: number, clean: boolean): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-mix-"));
  try {
    await writeFiles(pos.generate?.({ scale, seed, clean }) ?? [], dir);
    const { tables } = await importFiles({ admin, domain: pos, dir, allowDeletes: true });
    return tables.some(({ inserted, updated, deleted }) => inserted + updated + deleted > 0);
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Deadlock, lock wait, a key that is there or is missing, still referenced: the shop lives with these. */
const refusals = new Set([1213, 1205, 1020, 1062, 1451, 1452]);

/** Counts what `work` has done: whether it changed anything. */
async function attempt(deeds: Map<string, Tally>, name: string, work: () => Promise<boolean>): Promise<void> {
  const tally = deeds.get(name) ?? { done: 0, idle: 0, refused: 0 };
  deeds.set(name, tally);
  try {
    if (await work()) tally.done += 1;
    else tally.idle += 1;
  } catch (error) {
    const known = sqlErrorOf(error);
    if (!known || !(refusals.has(known.errno) || known.sqlState === "45000")) throw error;
    tally.refused += 1;
  }
}

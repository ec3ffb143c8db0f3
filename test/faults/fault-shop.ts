import { pos } from "../../src/domains/pos/index.ts";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { openTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { CUSTOMERS, type OwnOrders, PRODUCTS, ZIPS } from "./choose-write.ts";
import type { Shape } from "./fault-models.ts";
import { type InFlight, readQueues, waitForFlight, waitUntilDrained } from "./in-flight.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { type LoaderProcess, spawnLoader } from "./loader-process.ts";
import type { Sabotage } from "./sabotage.ts";
import { type ServerPair, startServerPair } from "./server-pair.ts";
import { startWriters, type Writers } from "./writers.ts";

/** How many write at the same time. */
export const TERMINALS = 4;
/** Batches follow each other so closely that one is met at once, unless the loader is kept from working. */
const FLIGHT_MS = 3000;

/** A shop with a mirror, of which every part can be broken. */
export interface FaultShop {
  readonly servers: ServerPair;
  /** Between the loaders and MariaDB, and between the loaders and MongoDB. */
  readonly source: TcpProxy;
  readonly mirror: TcpProxy;
  readonly ledger: Ledger;
  /** Straight to MariaDB as administrator; one connection per statement, so that no restart matters. */
  query<T extends object>(sql: string): Promise<readonly T[]>;
  startWriters(seed: number): Writers;
  /** Runs `work` while no terminal is in the middle of anything. */
  pauseWriters(work: () => Promise<void>): Promise<void>;
  /** Those that run. */
  loaders(): readonly LoaderProcess[];
  startLoader(sabotage?: Sabotage | null, adopts?: Shape): Promise<LoaderProcess>;
  stopLoaders(): Promise<void>;
  /** What is on its way now, by MariaDB's tables and by what the loaders told. */
  look(): Promise<InFlight>;
  /** Waits until rows are queued and a batch is between the stores, so that what comes next falls in its middle. */
  inFlight(): Promise<InFlight>;
  /** Until nothing is on its way and no rebuild is left; false when that takes longer. */
  drained(timeoutMs: number): Promise<boolean>;
  /** Takes away whatever a fault has left: the network is good, both servers run and have room. */
  heal(): Promise<void>;
  /** Brings the database's objects to what the SQL files say. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** Starts servers in `dataDir`, which is gone at the end, with a shop that is mirrored. */
export async function openFaultShop(dataDir: string): Promise<FaultShop> {
  const servers = await startServerPair(dataDir);
  const adminUrl = servers.mariadbUrl("vitrine_admin");
  const source = await openTcpProxy(servers.mariadb.port);
  const mirror = await openTcpProxy(servers.mongodb.port);
  const ledger = createLedger();
  const orders: readonly OwnOrders[] = Array.from({ length: TERMINALS }, () => new Map());
  const running = new Set<LoaderProcess>();
  let writers: Writers | undefined;
  let isClosed = false;
  // One process waits in reserve: starting takes a second, and it is loaders that are tested, not starts.
  let reserve = spawnLoader();
  // Looked at when it is taken.
  reserve.catch(() => undefined);

  const withAdmin = async <T>(work: (admin: MariaDb) => Promise<T>): Promise<T> => {
    const admin = openMariaDb(adminUrl, { size: 2, multipleStatements: true });
    try {
      return await work(admin);
    } finally {
      await admin.close().catch(() => undefined);
    }
  };
  const migrate = () =>
    withAdmin(async (admin) => {
      await migrateUp({ admin, sqlDir: "sql", domains: [pos] });
    });

  const look = async (admin: MariaDb): Promise<InFlight> => {
    const { changes, documents } = await readQueues(admin);
    // After the answer, so that it is not older than the blow that follows.
    const batches = [...running].reduce((sum, loader) => sum + loader.flying(), 0);
    return { changes, documents, batches };
  };

  const shop: FaultShop = {
    servers,
    source,
    mirror,
    ledger,
    query: (sql) => withAdmin((admin) => admin.query(sql)),
    startWriters: (seed) => {
      writers = startWriters(adminUrl.replace(/^mariadb:/, "mysql:"), ledger, orders, seed);
      return writers;
    },
    pauseWriters: async (work) => writers?.pause(work),
    loaders: () => [...running].filter((loader) => loader.isAlive()),
    async startLoader(sabotage, adopts) {
      const loader = await reserve;
      if (isClosed) throw new Error("The shop is closed.");
      reserve = spawnLoader();
      reserve.catch(() => undefined);
      running.add(loader);
      loader.order({
        type: "start",
        adminUrl,
        mariadbUrl: servers.mariadbUrl("vitrine_loader", source.port),
        mongodbUrl: servers.mongodbUrl(mirror.port),
        sabotage: sabotage ?? null,
        adopts: adopts ?? null,
      });
      return loader;
    },
    async stopLoaders() {
      await Promise.all([...running].map((loader) => loader.kill()));
      running.clear();
    },
    look: () => withAdmin(look),
    inFlight: () => withAdmin((admin) => waitForFlight(() => look(admin), FLIGHT_MS)),
    drained: (timeoutMs) => withAdmin((admin) => waitUntilDrained(admin, timeoutMs)),
    async heal() {
      for (const proxy of [source, mirror]) {
        proxy.delay(0);
        proxy.open();
      }
      for (const server of [servers.mariadb, servers.mongodb]) {
        server.thaw();
        server.freeDisk();
        await server.start();
      }
    },
    migrate,
    async close() {
      isClosed = true;
      // Those that are in the middle of something end when their server is gone.
      const resting = writers?.stop();
      await shop.stopLoaders();
      await reserve.then((loader) => loader.kill()).catch(() => undefined);
      await Promise.all([source.close(), mirror.close()]);
      await servers.close();
      await resting;
    },
  };
  try {
    await migrate();
    await withAdmin(fillShop);
    await shop.startLoader();
    if (!(await shop.drained(60_000))) throw new Error("The shop cannot be mirrored.");
    return shop;
  } catch (error) {
    await shop.close();
    throw error;
  }
}

/** Cities, customers and products for the terminals to work with. */
export async function fillShop(admin: MariaDb): Promise<void> {
  const states = ["TX", "CA", "NY"];
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  await admin.run("insert into city (zip, city, state) values ?", [
    ZIPS.map((zip, index) => [zip, `City ${zip}`, states[index]]),
  ]);
  // Two of three are taxed: who moves has other orders.
  await admin.run(
    `insert into sales_tax (zip, state, tax_region_name, combined_rate, state_rate, county_rate, city_rate,
      special_rate) values ?`,
    [ZIPS.slice(1).map((zip, index) => [zip, states[index + 1], zip, "0.08250", "0.08250", 0, 0, 0])],
  );
  await admin.run("insert into customer (customer_id, first_name, last_name, address1, zip) values ?", [
    numbers(CUSTOMERS).map((id) => [id, `C${id}`, "Smith", `${id} Main St`, ZIPS[id % ZIPS.length]]),
  ]);
  await admin.run("insert into product (product_id, name, current_price, available_quantity) values ?", [
    numbers(PRODUCTS).map((id) => [id, `P${id}`, `${id}.50`, 1_000_000]),
  ]);
}

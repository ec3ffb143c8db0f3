import { setTimeout as sleep } from "node:timers/promises";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import type { OwnOrders } from "../faults/choose-write.ts";
import { faultModels } from "../faults/fault-models.ts";
import { fillShop } from "../faults/fault-shop.ts";
import { waitUntilDrained } from "../faults/in-flight.ts";
import { type Findings, inspect } from "../faults/inspect.ts";
import { createLedger, type Ledger } from "../faults/ledger.ts";
import { type LoaderProcess, spawnLoader } from "../faults/loader-process.ts";
import { startWriters, type Writers } from "../faults/writers.ts";
import project from "../support/backup/shop-project.ts";
import { type Balancer, openBalancer } from "../support/balancer.ts";
import { type GaleraCluster, type GaleraOptions, openGaleraCluster } from "../support/galera-cluster.ts";
import type { GaleraNode } from "../support/galera-node.ts";
import { type AtEnd, openParts } from "./open-parts.ts";
import { openOwnMongoDb } from "./own-mongodb.ts";
import { waitUntil } from "./wait-until.ts";

/** A shop on a cluster of Galera, mirrored by loaders in processes of their own. */
export interface GaleraShop {
  readonly cluster: GaleraCluster;
  /** Leads to the first node that is ready, until that is gone. */
  readonly failover: Balancer;
  /** Leads to all nodes by turns. */
  readonly spread: Balancer;
  readonly mongodbUrl: string;
  readonly ledger: Ledger;
  /** The node that `failover` leads to. @throws when it leads to none */
  current(): GaleraNode;
  /** One that runs and is ready, other than this. */
  other(node: GaleraNode): GaleraNode;
  /** Four terminals; default: through `failover`. */
  startWriters(seed: number, through?: Balancer): Writers;
  /** Default: through `failover`. */
  startLoader(address?: GaleraCluster["address"]): Promise<LoaderProcess>;
  /** Until every model was mirrored once, as `node` says. @throws when that takes longer than two minutes */
  mirrored(node: GaleraNode): Promise<void>;
  /** Until nothing is on its way, as `node` says. @throws when that takes longer than two minutes */
  drained(node: GaleraNode): Promise<void>;
  /** What is wrong or lost, as `node` says. */
  inspect(node: GaleraNode): Promise<Findings>;
  /** For what is opened beside it. */
  readonly atEnd: AtEnd;
  close(): Promise<void>;
}

export interface GaleraShopOptions extends GaleraOptions {
  /** Whether a loader is started. Default: yes. */
  readonly loader?: boolean;
}

const TERMINALS = 4;
const DRAINED_MS = 120_000;

/** Starts it, on servers of its own that are gone at the end, with everything mirrored and one loader through `failover`. */
export const openGaleraShop = (options: GaleraShopOptions = {}): Promise<GaleraShop> =>
  openParts(async (atEnd, close) => {
    const { url: mongodbUrl } = await openOwnMongoDb(atEnd);
    const cluster = await openGaleraCluster(options);
    atEnd(() => cluster.close());
    const ports = cluster.nodes.map(({ port }) => port);
    const url = (port: number) => cluster.url(port);
    const failover = await openBalancer(ports, { spread: false, url });
    const spread = await openBalancer(ports, { spread: true, url });
    atEnd(() => failover.close());
    atEnd(() => spread.close());
    const shop = assemble({ cluster, failover, spread, mongodbUrl, atEnd, close });
    await withPool(cluster.url(shop.current().port), async (admin) => {
      await migrateUp({ admin, sqlDir: "sql", domains: project.domains });
      await fillShop(admin);
    });
    if (options.loader ?? true) {
      await shop.startLoader();
      await shop.drained(shop.current());
    }
    return shop;
  });

interface Parts extends Pick<GaleraShop, "cluster" | "failover" | "spread" | "mongodbUrl" | "close"> {
  readonly atEnd: AtEnd;
}

function assemble({ cluster, failover, spread, mongodbUrl, atEnd, close }: Parts): GaleraShop {
  const ledger = createLedger();
  const orders: readonly OwnOrders[] = Array.from({ length: TERMINALS }, () => new Map());
  return {
    cluster,
    failover,
    spread,
    mongodbUrl,
    ledger,
    ...{ atEnd, close },
    current() {
      const node = cluster.nodes.find(({ port }) => port === failover.target());
      if (!node) throw new Error("No node is ready.");
      return node;
    },
    other(node) {
      const found = cluster.nodes.find((one) => one !== node && one.isRunning());
      if (!found) throw new Error(`No node but ${node.name} runs.`);
      return found;
    },
    startWriters(seed, through = failover) {
      const url = cluster.url(through.port).replace(/^mariadb:/, "mysql:");
      const writers = startWriters(url, ledger, orders, seed);
      atEnd(() => writers.stop());
      return writers;
    },
    async startLoader(address = (account) => cluster.url(failover.port, account)) {
      const loader = await spawnLoader();
      atEnd(() => loader.kill());
      loader.order({
        type: "start",
        adminUrl: address(),
        mariadbUrl: address("vitrine_loader"),
        mongodbUrl,
        sabotage: null,
        adopts: null,
      });
      return loader;
    },
    mirrored: (node) =>
      waitUntil("every model is mirrored", async () => {
        const [row] = await node.query<{ known: string; missing: string }>(
          `select count(*) as known, sum(rebuilt_at is null or rebuild_status <> 'done') as missing
          from vitrine.vitrine_state`,
        );
        return Number(row?.known) > 0 && Number(row?.missing) === 0;
      }),
    drained: (node) =>
      withPool(cluster.url(node.port), async (admin) => {
        if (!(await waitUntilDrained(admin, DRAINED_MS)))
          throw new Error("Something is still on its way after two minutes.");
      }),
    inspect: (node) =>
      inspect(
        { mariadb: cluster.url(node.port), mongodb: mongodbUrl },
        ledger,
        faultModels,
        faultModels.map(({ name }) => name),
      ),
  };
}

async function withPool<T>(url: string, work: (admin: MariaDb) => Promise<T>): Promise<T> {
  const admin = openMariaDb(url, { size: 2, multipleStatements: true });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/**
 * Milliseconds since `since` until a loader takes positions again, as `node` sees it; positions that it knew of when it was
 * asked do not count. @throws when none is taken within a minute
 */
export async function waitForPosition(node: GaleraNode, since: number): Promise<number> {
  const read = async () => {
    const [row] = await node
      .query<{ n: string }>("select n from vitrine.vitrine_position")
      .catch(() => [{ n: "0" }]);
    return BigInt(row?.n ?? 0);
  };
  let first = 0n;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
    const now = await read();
    if (first > 0n && now > first) return Date.now() - since;
    first ||= now;
  }
  throw new Error(`${node.name} has seen no new position for a minute.`);
}

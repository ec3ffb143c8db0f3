import { setTimeout as sleep } from "node:timers/promises";
import { loaderConnections } from "../../src/mirror/loader.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { createRandom } from "../faults/random.ts";
import {
  openReplicatedGarden,
  type ReplicatedGarden,
  type ReplicatedServer,
} from "../support/replicated-garden.ts";
import { openParts } from "./open-parts.ts";
import { openOwnMongoDb } from "./own-mongodb.ts";
import { waitUntil } from "./wait-until.ts";

/** A garden on a primary and replicas, with one loader and writers through one address of all servers. */
export interface ReplicatedDrillGarden extends ReplicatedGarden {
  /** Rows that were acknowledged, by their id. */
  readonly acknowledged: ReadonlySet<number>;
  /** Writes until it is stopped; what fails is tried again, as another row. */
  startWriters(seed: number): { stop(): Promise<void> };
  /** Acknowledged rows that this server does not have. */
  findLost(server: ReplicatedServer): Promise<readonly number[]>;
  /** Until a batch is acknowledged that this server has numbered. @throws after two minutes */
  moved(server: ReplicatedServer, after: bigint): Promise<void>;
  /** Until nothing is on its way. @throws after two minutes */
  drained(server: ReplicatedServer): Promise<void>;
}

/** Opens it on servers of its own, which are gone at the end, with everything mirrored. */
export const openDrillGarden = (options: {
  readonly replicas: number;
  readonly args: readonly string[];
}): Promise<ReplicatedDrillGarden> =>
  openParts(async (atEnd, close) => {
    const { url: mongodbUrl } = await openOwnMongoDb(atEnd);
    const garden = await openReplicatedGarden({ ...options, mongodbUrl });
    atEnd(garden.close);
    const address = garden.addressOf(...garden.servers);
    const loader = openMariaDb(address, { size: loaderConnections });
    atEnd(() => loader.close());
    const stop = new AbortController();
    const running = garden.createLoader(loader).run(stop.signal);
    atEnd(async () => {
      stop.abort();
      await running;
    });
    // One that hangs cannot be stopped in order.
    atEnd(async () => {
      for (const server of garden.servers) server.kill("SIGCONT");
    });
    const [primary] = garden.servers;
    if (primary) await drained(primary.db);
    const acknowledged = new Set<number>();
    return {
      ...garden,
      close,
      acknowledged,
      startWriters: (seed) => startWriters(address, acknowledged, seed),
      async findLost({ db }) {
        const rows = await db.query<{ id: number }>("select gardener_id as id from gardener");
        const there = new Set(rows.map(({ id }) => Number(id)));
        return [...acknowledged].filter((id) => !there.has(id));
      },
      moved: ({ db }, after) =>
        waitUntil("a position of its own is acknowledged", async () => {
          const [row] = await db.query<{ n: string }>("select max(acked) as n from vitrine_state");
          return BigInt(row?.n ?? 0) > after;
        }),
      drained: ({ db }) => drained(db),
    };
  });

const WRITERS = 4;

function startWriters(address: string, acknowledged: Set<number>, seed: number) {
  const db = openMariaDb(address, { size: WRITERS });
  let isStopped = false;
  let last = 1000 + acknowledged.size * 10;
  const write = async (random: ReturnType<typeof createRandom>) => {
    while (!isStopped) {
      last += 1;
      const id = last;
      try {
        await db.transaction(async (connection) => {
          await connection.run("insert into gardener (gardener_id, name) values (?, ?)", [id, `G${id}`]);
          await connection.run("update plant set gardener_id = ? where plant_id = ?", [
            id,
            random.between(1, 4),
          ]);
        });
        acknowledged.add(id);
        await sleep(random.between(2, 20));
      } catch {
        // Nobody was told that it is there.
        await sleep(100);
      }
    }
  };
  const all = Array.from({ length: WRITERS }, (_, index) => write(createRandom(seed + index)));
  return {
    async stop() {
      isStopped = true;
      await Promise.all(all);
      await db.close();
    },
  };
}

const drained = (db: MariaDb) =>
  waitUntil("nothing is on its way", async () => {
    const tables = await db.query<{ name: string }>(
      `select table_name as name from information_schema.tables
        where table_schema = database() and table_name like 'vitrine\\_change\\_%'
          and table_name <> 'vitrine_change_table'`,
    );
    const counts = [
      "select count(*) as n from vitrine_pending",
      "select count(*) from vitrine_state where rebuild_status <> 'done' or rebuilt_at is null",
      ...tables.map(({ name }) => `select count(*) from ${name}`),
    ];
    const rows = await db.query<{ n: string }>(counts.join(" union all "));
    return rows.every(({ n }) => Number(n) === 0);
  });

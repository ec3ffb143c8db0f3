import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionString } from "mongodb-connection-string-url";
import { createLogger } from "../../src/log.ts";
import { migrateUp } from "../../src/migrations/migrate.ts";
import type { LoaderEvent } from "../../src/mirror/events.ts";
import { createLoader, type LoaderOptions, loaderConnections } from "../../src/mirror/loader.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { type MongoDb, openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import type { Comparison } from "./comparator.ts";
import { compareGarden } from "./garden/compare-garden.ts";
import { gardenContents } from "./garden/mirror-garden.ts";
import { plantGarden } from "./garden/plant-garden.ts";
import { openOwnMariaDb } from "./replicated-mariadb.ts";

const models = gardenContents.project?.domains.flatMap((domain) => domain.models) ?? [];
/** Of an account that every server has. */
const account = { user: "failover", password: "failover-7" };

/** A server of the set: the first one is the primary at the beginning. */
export interface ReplicatedServer {
  readonly port: number;
  /** As its administrator, with the database. */
  readonly url: string;
  readonly db: MariaDb;
  /** From now on it hears nothing of what its primary commits. */
  cutOff(): Promise<void>;
  /** Takes writes from now on; the others follow it. */
  promote(): Promise<void>;
  /** Follows another one from now on, and takes no writes. */
  follow(primary: ReplicatedServer): Promise<void>;
  /** Waits until it has all that another one has committed. @throws the error that stopped it */
  catchUp(primary: ReplicatedServer): Promise<void>;
  /** SIGKILL, or another signal such as SIGSTOP. */
  kill(signal?: NodeJS.Signals): void;
  /** Starts it again, on its port. */
  start(): Promise<void>;
}

export interface ReplicatedGarden {
  readonly servers: readonly ReplicatedServer[];
  readonly mongo: MongoDb;
  readonly mongodbUrl: string;
  readonly models: typeof models;
  readonly events: LoaderEvent[];
  /** One address with the hosts of these servers, in this order. */
  addressOf(...servers: readonly ReplicatedServer[]): string;
  /** Mirrors everything that is committed there now. */
  mirror(server: ReplicatedServer): Promise<void>;
  createLoader(db: MariaDb, more?: Partial<LoaderOptions>): ReturnType<typeof createLoader>;
  /** What the comparator says of the mirror, by the tables of this server. */
  disagreements(server: ReplicatedServer): Promise<readonly unknown[]>;
  compare(server: ReplicatedServer): Promise<Comparison>;
  close(): Promise<void>;
}

/**
 * A primary with so many replicas (one), with the garden on all, and a database of its own of a MongoDB. Nothing is
 * mirrored yet. @param options `args`: more options of each server
 */
export async function openReplicatedGarden(options: {
  readonly mongodbUrl: string;
  readonly replicas?: number;
  readonly args?: readonly string[];
}): Promise<ReplicatedGarden> {
  const { replicas = 1, args = [] } = options;
  const own = await openOwnMariaDb(
    ...Array.from({ length: replicas + 1 }, (_, index) => [
      `--server-id=${index + 1}`,
      ...["--log-bin=bin", "--binlog-format=ROW", "--log-slave-updates=1", "--gtid-strict-mode=1"],
      ...["--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", ...args],
    ]),
  );
  const servers = own.servers.map(toReplicatedServer);
  const mongodbUrl = Object.assign(new ConnectionString(options.mongodbUrl), {
    pathname: `/vt_${process.pid}_${randomBytes(5).toString("hex")}`,
  }).toString();
  const mongo = openMongoDb(mongodbUrl);
  const pools: MariaDb[] = [];
  const events: LoaderEvent[] = [];
  const create: ReplicatedGarden["createLoader"] = (db, options = {}) =>
    createLoader({
      ...{ db, mongo, models, logger: createLogger("silent"), verifyShare: 0 },
      onEvent: (event) => events.push(event),
      ...options,
    });
  const close = async () => {
    await mongo.db.dropDatabase();
    await Promise.all([mongo.close(), ...pools.map((pool) => pool.close())]);
    await own.close();
  };
  try {
    const [primary, ...others] = servers;
    if (!primary) throw new Error("There is no server.");
    for (const { db } of servers)
      await db.query(
        `set session sql_log_bin = 0; create user '${account.user}'@'%' identified by '${account.password}';
          grant all on *.* to '${account.user}'@'%' with grant option;
          revoke read only admin, super on *.* from '${account.user}'@'%'; set session sql_log_bin = 1`,
      );
    for (const one of others) await one.follow(primary);
    const { project, sqlDir } = gardenContents;
    if (!project || !sqlDir) throw new Error("The garden has a project.");
    await migrateUp({ admin: primary.db, sqlDir, domains: project.domains });
    await plantGarden(primary.db);
    for (const one of others) await one.catchUp(primary);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ servers, mongo, mongodbUrl, models, events, close },
    createLoader: create,
    addressOf: (...chosen) => {
      const hosts = chosen.map(({ port }) => `127.0.0.1:${port}`).join(",");
      return `mariadb://${account.user}:${account.password}@${hosts}/vitrine`;
    },
    async mirror(server) {
      const pool = openMariaDb(server.url, { size: loaderConnections });
      try {
        await create(pool).once(new AbortController().signal);
      } finally {
        await pool.close();
      }
    },
    disagreements: async ({ url }) => (await compareGarden(url, mongodbUrl)).disagreements,
    compare: ({ url }) => compareGarden(url, mongodbUrl),
  };
}

type OwnServer = Awaited<ReturnType<typeof openOwnMariaDb>>["servers"][number];

function toReplicatedServer(own: OwnServer): ReplicatedServer {
  const { db, url } = own;
  const port = own.process.port;
  return {
    ...{ port, url, db },
    cutOff: async () => {
      await db.query("stop slave io_thread");
    },
    promote: async () => {
      // What has arrived is applied first.
      for (;;) {
        const [status] = await db.query<Record<string, string>>("show slave status");
        if (!status || status.Slave_SQL_Running_State?.includes("has read all relay log")) break;
        await sleep(20);
      }
      await db.query("stop slave; reset slave all; set global read_only = 0");
    },
    follow: async (primary) => {
      await db.query(
        `stop slave; set global read_only = 1; set global gtid_slave_pos = @@gtid_current_pos;
        change master to master_host = '127.0.0.1', master_port = ${primary.port},
          master_user = '${account.user}', master_password = '${account.password}',
          master_use_gtid = slave_pos, master_connect_retry = 1;
        start slave`,
      );
    },
    catchUp: async (primary) => {
      const [end] = await primary.db.query<{ gtid: string }>("select @@gtid_binlog_pos as gtid");
      const [waited] = await db.query<{ result: number }>("select master_gtid_wait(?, 30) as result", [
        end?.gtid,
      ]);
      const [status] = await db.query<Record<string, string>>("show slave status");
      if (status?.Slave_SQL_Running !== "Yes" || Number(waited?.result) !== 0)
        throw new Error(`The replica has stopped: ${status?.Last_SQL_Error || "it is not there in 30 s"}`);
    },
    kill: (signal = "SIGKILL") => {
      try {
        process.kill(own.process.pid, signal);
      } catch {
        // It was killed before.
      }
    },
    start: () => own.start(),
  };
}

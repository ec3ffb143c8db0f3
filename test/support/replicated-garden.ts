import { randomBytes } from "node:crypto";
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
import { openReplicatedServers, type ReplicatedServer } from "./replicated-servers.ts";

export type { ReplicatedServer } from "./replicated-servers.ts";

const models = gardenContents.project?.domains.flatMap((domain) => domain.models) ?? [];
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
  const own = await openReplicatedServers({
    replicas,
    args: ["--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", ...args],
  });
  const { servers } = own;
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
    const [primary, ...others] = servers as [ReplicatedServer, ...ReplicatedServer[]]; // one more than replicas
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
    addressOf: (...chosen) => own.addressOf(chosen),
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

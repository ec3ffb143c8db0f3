import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { ConnectionString } from "mongodb-connection-string-url";
import { inject } from "vitest";
import { mendRestored, type RestoredOptions } from "../../../src/app/mend-restored.ts";
import { openApp, openSource } from "../../../src/app/open-app.ts";
import { watchCapture } from "../../../src/app/watch-capture.ts";
import { readConfig } from "../../../src/config.ts";
import { readSourceStatus } from "../../../src/core/source-status.ts";
import { orderDetails } from "../../../src/domains/pos/models/order-details.ts";
import { createLogger } from "../../../src/log.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { type MongoDb, openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { compareShop } from "../comparator.ts";
import { runVitrine } from "../run-vitrine.ts";
import type { OwnServer } from "./own-server.ts";
import project from "./shop-project.ts";

const models = project.domains.flatMap((domain) => domain.models);
const sqlDir = fileURLToPath(new URL("../../../sql", import.meta.url));
const projectFile = fileURLToPath(new URL("shop-project.ts", import.meta.url));
const signal = new AbortController().signal;

/** A mirror in a database of its own, until `close()`. */
export interface OwnMirror {
  readonly url: string;
  readonly mongo: MongoDb;
  /** Another mirror that holds what this one holds now. */
  copy(): Promise<OwnMirror>;
  close(): Promise<void>;
}

export function openOwnMirror(): OwnMirror {
  const url = Object.assign(new ConnectionString(inject("mongodbUrl")), {
    pathname: `/vt_${process.pid}_${randomBytes(5).toString("hex")}`,
  }).toString();
  const mongo = openMongoDb(url);
  return {
    ...{ url, mongo },
    async copy() {
      const other = openOwnMirror();
      for (const { name } of await mongo.db.listCollections().toArray()) {
        const all = await mongo.db.collection(name).find({}, { promoteValues: false }).toArray();
        if (all.length > 0) await other.mongo.db.collection(name).insertMany(all);
      }
      return other;
    },
    async close() {
      await mongo.db.dropDatabase();
      await mongo.close();
    },
  };
}

/** Lets a loader mirror everything that is committed now; it checks capture as every loader does. */
export async function mirrorOnce(server: OwnServer, { mongo }: OwnMirror): Promise<void> {
  await withPool(server, async (db) => {
    const checkCapture = watchCapture({ admin: db, loader: db, project: { ...project, sqlDir } });
    const logger = createLogger("silent");
    await createLoader({ db, mongo, models, logger, verifyShare: 0, checkCapture }).once(signal);
  });
}

/** What is wrong in the mirror: by its own proof, and by the comparator that shares no code with it. */
export async function findWrong(server: OwnServer, mirror: OwnMirror): Promise<readonly unknown[]> {
  return withPool(server, async (db) => {
    const wrong: unknown[] = [];
    for (const model of models) {
      const report = await verifyModel({ db, mongo: mirror.mongo, model, deep: true, signal });
      if (!report.isComplete) wrong.push(`${model.name} is not complete`);
      wrong.push(...report.defects);
    }
    const { compared, disagreements } = await compareShop(server.url, mirror.url);
    if (compared === 0) wrong.push("Nothing was compared.");
    return [...wrong, ...disagreements];
  });
}

/** How many models may be read from the mirror, and the life of the database that they are of. */
export const readLife = (server: OwnServer) =>
  withPool(server, async (db) => {
    const { incarnation, models: states } = await readSourceStatus(db, models);
    const trusted = [...states.values()].filter(({ readable }) => readable !== null).length;
    return { incarnation, trusted, all: models.length };
  });

/** Rows of a statement, on a connection of its own: a database may have been dropped and made again. */
export const ask = (server: OwnServer, sql: string) => withPool(server, (db) => db.query(sql));

/** An order as it was at a moment: what it says, or the code of the refusal. */
export const readOrder = (server: OwnServer, id: string, asOf: string) =>
  withPool(server, async (db) => {
    const found = createLiveStore(db).findByIds(orderDetails, [id], { asOf, timeoutMs: 5000 });
    return found.then(
      (documents) => documents.get(id),
      (error: { readonly code?: string }) => error.code,
    );
  });

/** Settings of a process on these two, as one account for everything unless `accounts` names others. */
const settingsOf = (server: OwnServer, mirror: OwnMirror, accounts: Accounts) => ({
  ...process.env,
  MARIADB_URL: server.url,
  MONGODB_URL: mirror.url,
  VITRINE_PROJECT: projectFile,
  ...accounts,
});
type Accounts = Readonly<Record<string, string>>;

/** What `vitrine doctor --after-restore` prints with these options. */
export const runDoctor = (server: OwnServer, mirror: OwnMirror, args: readonly string[]) =>
  runVitrine(
    { mariadbUrl: server.url, mongodbUrl: mirror.url },
    server.data,
    ["doctor", "--after-restore", ...args],
    { VITRINE_PROJECT: projectFile },
  );

/** What it does, without its process: the state of each finding by name, and the findings. */
export async function mend(
  server: OwnServer,
  mirror: OwnMirror,
  options: Pick<RestoredOptions, "dryRun" | "isWhole"> = {},
  accounts: Accounts = {},
) {
  const config = readConfig(settingsOf(server, mirror, accounts));
  const logger = createLogger("silent");
  const source = await openSource(config, { logger });
  try {
    const { admin } = source;
    const { sqlDir: folder, domains } = source.project;
    const migrate = () => migrateUp({ admin, sqlDir: folder, domains });
    const openMirror = () => openApp(config, { logger });
    const findings = await mendRestored(source, { ...options, openMirror, migrate });
    return { findings, states: Object.fromEntries(findings.map(({ name, state }) => [name, state])) };
  } finally {
    await source.close();
  }
}

async function withPool<T>(server: OwnServer, work: (db: MariaDb) => Promise<T>): Promise<T> {
  const db = openMariaDb(server.url, { size: loaderConnections });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

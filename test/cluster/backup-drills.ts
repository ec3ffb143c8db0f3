import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../src/config.ts";
import { hasBackupPrograms } from "../../src/local/backup-programs.ts";
import { findMongoDb } from "../../src/local/find-programs.ts";
import { describeMongoDb, toMongoDbUrl } from "../../src/local/private-mongodb.ts";
import { ensureServer, stopServer } from "../../src/local/private-server.ts";
import { migrateUp } from "../../src/migrations/migrate.ts";
import type { OwnOrders } from "../faults/choose-write.ts";
import { faultModels } from "../faults/fault-models.ts";
import { fillShop } from "../faults/fault-shop.ts";
import { waitUntilDrained } from "../faults/in-flight.ts";
import { inspect } from "../faults/inspect.ts";
import { createLedger } from "../faults/ledger.ts";
import { type LoaderProcess, spawnLoader } from "../faults/loader-process.ts";
import { createRandom } from "../faults/random.ts";
import { startWriters } from "../faults/writers.ts";
import { copyServer, replay } from "../support/backup/back-up.ts";
import { type OwnServer, openOwnServer } from "../support/backup/own-server.ts";
import project from "../support/backup/shop-project.ts";
import { runVitrine } from "../support/run-vitrine.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";

const TERMINALS = 4;
const DRAINED_MS = 120_000;
const log = ["--server-id=1", "--log-bin=bin", "--binlog-format=ROW", "--sync-binlog=1"];

/** The server and its disk, or all but its binary log, are lost; a copy that was taken while terminals wrote comes back. */
export const backups: readonly Drill[] = [
  {
    name: "backup: the copy and its binary log",
    topology: "one server",
    fault: "kill -9 under load; copy restored, log replayed",
    missing: findMissing,
    run: (context) => runDrill(context, true),
  },
  {
    name: "backup: the copy alone",
    topology: "one server",
    fault: "kill -9 under load, disk lost; copy restored",
    mayLose: "what was committed after the copy was taken is in nothing that is left",
    missing: findMissing,
    run: (context) => runDrill(context, false),
  },
];

function findMissing(): string | null {
  if (hasBackupPrograms({ searchPath: process.env.PATH ?? "" })) return null;
  return "MariaDB's programs for backups are not installed: apt-get install mariadb-backup mariadb-client.";
}

async function runDrill(context: DrillContext, isLogKept: boolean): Promise<DrillOutcome> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  const stopped = new Promise<never>((_, reject) => {
    context.signal.addEventListener("abort", () => reject(context.signal.reason), { once: true });
  });
  stopped.catch(() => undefined);
  try {
    context.signal.throwIfAborted();
    return await Promise.race([stopped, strike(context, isLogKept, closers)]);
  } finally {
    await close();
  }
}

async function strike(
  { seed, print }: DrillContext,
  isLogKept: boolean,
  closers: (() => Promise<unknown>)[],
): Promise<DrillOutcome> {
  const random = createRandom(seed);
  const dir = await mkdtemp(join(tmpdir(), "vitrine-backup-drill-"));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  const program = findMongoDb(readConfig(process.env));
  if (!program) throw new Error("MongoDB is not installed here: run `npm test` once.");
  const mongo = await ensureServer(describeMongoDb(dir, program));
  closers.push(() => stopServer(mongo));
  const mongodbUrl = toMongoDbUrl(dir, mongo.port);
  const original = await openOwnServer(log);
  closers.push(() => original.close());
  await migrateUp({ admin: original.db, sqlDir: "sql", domains: project.domains });
  await fillShop(original.db);
  const loader = await startLoader(original, mongodbUrl);
  closers.push(() => loader.kill());
  await drain(original);
  const ledger = createLedger();
  const orders: readonly OwnOrders[] = Array.from({ length: TERMINALS }, () => new Map());
  const writers = startWriters(original.url.replace(/^mariadb:/, "mysql:"), ledger, orders, seed);
  await sleep(random.between(500, 1500));
  const copy = join(dir, "copy");
  await copyServer(original, copy);
  await sleep(random.between(1000, 2000));
  const struckAt = Date.now();
  await Promise.all([original.kill(), loader.kill(), writers.stop()]);
  print(`${ledger.acknowledged} writes acknowledged; the server is gone.`);

  const server = await openOwnServer(log, { data: copy, accountsOf: original });
  closers.push(() => server.close());
  if (isLogKept) {
    const [file = "", position = ""] = (await readFile(join(copy, "xtrabackup_binlog_info"), "utf8")).split(
      "\t",
    );
    await replay(server, { folder: original.data, file, position }, dir);
  }
  const options = ["doctor", "--after-restore", ...(isLogKept ? ["--nothing-lost"] : [])];
  const { code, stdout } = await runVitrine({ mariadbUrl: server.url, mongodbUrl }, dir, options, {
    VITRINE_PROJECT: "test/support/backup/shop-project.ts",
  });
  if (code !== 0) throw new Error(`The doctor ended with ${code}:\n${stdout}`);
  const again = await startLoader(server, mongodbUrl);
  closers.push(() => again.kill());
  await drain(server);
  const recoverMs = Date.now() - struckAt;
  const names = faultModels.map(({ name }) => name);
  const found = await inspect({ mariadb: server.url, mongodb: mongodbUrl }, ledger, faultModels, names);
  const { compared, wrong, defects, lost } = found;
  return {
    lost: lost.length,
    recoverMs,
    wrong: wrong.length + defects.length,
    documents: compared,
    notes: [
      `${ledger.acknowledged} writes acknowledged; recovery is until everything is mirrored.`,
      `${/^\w+\s+mirror: .*/m.exec(stdout)?.[0] ?? ""}`,
      ...[...wrong, ...defects].slice(0, 5),
    ],
  };
}

async function startLoader(server: OwnServer, mongodbUrl: string): Promise<LoaderProcess> {
  const loader = await spawnLoader();
  const mariadbUrl = server.urlOf("vitrine_loader");
  loader.order({
    type: "start",
    adminUrl: server.url,
    ...{ mariadbUrl, mongodbUrl, sabotage: null, adopts: null },
  });
  return loader;
}

async function drain({ db }: OwnServer): Promise<void> {
  if (!(await waitUntilDrained(db, DRAINED_MS)))
    throw new Error("Something is still on its way after two minutes.");
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasBackupPrograms } from "../../src/local/backup-programs.ts";
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
import { type AtEnd, withParts } from "./open-parts.ts";
import { openOwnMongoDb } from "./own-mongodb.ts";
import { toOutcome } from "./to-outcome.ts";

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
    run: (context) => withParts(context.signal, (atEnd) => strike(context, true, atEnd)),
  },
  {
    name: "backup: the copy alone",
    topology: "one server",
    fault: "kill -9 under load, disk lost; copy restored",
    mayLose: "what was committed after the copy was taken is in nothing that is left",
    missing: findMissing,
    run: (context) => withParts(context.signal, (atEnd) => strike(context, false, atEnd)),
  },
];

function findMissing(): string | null {
  if (hasBackupPrograms({ searchPath: process.env.PATH ?? "" })) return null;
  return "MariaDB's programs for backups are not installed: apt-get install mariadb-backup mariadb-client.";
}

async function strike(
  { seed, print }: DrillContext,
  isLogKept: boolean,
  atEnd: AtEnd,
): Promise<DrillOutcome> {
  const random = createRandom(seed);
  const { url: mongodbUrl, dir } = await openOwnMongoDb(atEnd);
  const original = await openOwnServer(log);
  atEnd(() => original.close());
  await migrateUp({ admin: original.db, sqlDir: "sql", domains: project.domains });
  await fillShop(original.db);
  const loader = await startLoader(original, mongodbUrl);
  atEnd(() => loader.kill());
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
  atEnd(() => server.close());
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
  atEnd(() => again.kill());
  await drain(server);
  const recoverMs = Date.now() - struckAt;
  const names = faultModels.map(({ name }) => name);
  const found = await inspect({ mariadb: server.url, mongodb: mongodbUrl }, ledger, faultModels, names);
  return toOutcome(found, recoverMs, [
    `${ledger.acknowledged} writes acknowledged; recovery is until everything is mirrored.`,
    `${/^\w+\s+mirror: .*/m.exec(stdout)?.[0] ?? ""}`,
  ]);
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

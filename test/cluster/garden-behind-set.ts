import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../src/config.ts";
import { acquireStack } from "../../src/local/acquire-stack.ts";
import { createLogger } from "../../src/log.ts";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { createRandom, type Random } from "../faults/random.ts";
import type { SetKind } from "../support/fake-members.ts";
import { type FakeSet, openFakeSet } from "../support/fake-replica-set.ts";
import { compareGarden } from "../support/garden/compare-garden.ts";
import { plantGarden } from "../support/garden/plant-garden.ts";
import gardenProject from "../support/garden/vitrine.config.ts";
import type { DrillContext } from "./drill.ts";
import type { AtEnd } from "./open-parts.ts";

/** All must be mirrored within this time after the last fault. */
const RECOVER_MS = 60_000;
const sqlDir = fileURLToPath(new URL("../support/garden/sql", import.meta.url));

/** A garden on servers of its own, whose MongoDB is reached through members of a set, or routers, that can be struck. */
export interface GardenBehindSet {
  readonly admin: MariaDb;
  readonly set: FakeSet;
  /** Of the servers themselves. */
  readonly urls: { readonly mariadb: string; readonly mongodb: string };
  readonly random: Random;
}

/** Nothing is mirrored yet. */
export async function openGardenBehindSet(
  context: DrillContext,
  kind: SetKind,
  atEnd: AtEnd,
): Promise<GardenBehindSet> {
  const dataDir = await mkdtemp(join(tmpdir(), "vitrine-drill-"));
  atEnd(() => rm(dataDir, { recursive: true, force: true }));
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const config = readConfig({ PATH, HOME, XDG_CACHE_HOME, VITRINE_DATA_DIR: dataDir });
  const stack = await acquireStack(config, { logger: createLogger("warn"), signal: context.signal });
  atEnd(() => stack.release());
  const admin = openMariaDb(stack.mariadb.adminUrl, { size: 4, multipleStatements: true });
  atEnd(() => admin.close());
  await migrateUp({ admin, sqlDir, domains: gardenProject.domains });
  await plantGarden(admin);
  const random = createRandom(context.seed);
  const set = await openFakeSet({
    ...{ url: stack.mongodb.url, kind },
    random: () => random.below(1_000_000) / 1_000_000,
  });
  atEnd(() => set.close());
  return { admin, set, random, urls: { mariadb: stack.mariadb.adminUrl, mongodb: stack.mongodb.url } };
}

/** What was done to it so far. */
export const describeCounts = ({ counts }: FakeSet): string =>
  [...counts].map(([what, times]) => `${times} × ${what}`).join(", ");

/** Changes heights; what was acknowledged last is what must be there. */
export function startWriting(db: MariaDb, random: Random) {
  const last = new Map<number, number>();
  let isStopped = false;
  let count = 0;
  const running = (async () => {
    for (let height = 1; !isStopped; height++) {
      const plant = random.between(1, 4);
      await db.run("update plant set height = ? where plant_id = ?", [height, plant]);
      last.set(plant, height);
      count += 1;
      await sleep(random.between(1, 15));
    }
  })();
  return {
    acknowledged: () => count,
    async stop() {
      isStopped = true;
      await running;
    },
    async countLost() {
      const rows = await db.query<{ plant_id: number; height: number }>("select plant_id, height from plant");
      return rows.filter(({ plant_id, height }) => (last.get(plant_id) ?? height) !== height).length;
    },
  };
}

/** Until the mirror is what the tables say, or the time is over; what is wrong then is wrong. */
export async function settle(
  urls: { readonly mariadb: string; readonly mongodb: string },
  signal: AbortSignal,
) {
  const until = Date.now() + RECOVER_MS;
  for (;;) {
    signal.throwIfAborted();
    const { disagreements, compared: documents } = await compareGarden(urls.mariadb, urls.mongodb);
    if (disagreements.length === 0 || Date.now() > until) return { wrong: disagreements.length, documents };
    await sleep(100);
  }
}

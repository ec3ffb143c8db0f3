import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../src/config.ts";
import { acquireStack } from "../../src/local/acquire-stack.ts";
import { createLogger } from "../../src/log.ts";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { createLoader, loaderConnections } from "../../src/mirror/loader.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { openMongoDb, type Sharding } from "../../src/stores/mongodb/mongodb.ts";
import { createRandom, type Random } from "../faults/random.ts";
import type { SetKind } from "../support/fake-members.ts";
import { type FakeSet, openFakeSet } from "../support/fake-replica-set.ts";
import { compareGarden } from "../support/garden/compare-garden.ts";
import { plantGarden } from "../support/garden/plant-garden.ts";
import gardenProject from "../support/garden/vitrine.config.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";

/** What is done to the set between loader and server while a terminal writes. */
type Disturb = (set: FakeSet, random: Random) => Promise<void>;

interface MongoDbFault {
  readonly name: string;
  readonly fault: string;
  readonly kind: SetKind;
  readonly disturb: Disturb;
}

/** All must be mirrored within this time after the last fault. */
const RECOVER_MS = 60_000;
const sqlDir = fileURLToPath(new URL("../support/garden/sql", import.meta.url));

/** Elections, routers that die and a primary that does not know its successor: before a stand-in, which the topology says. */
export const mongodbDrills: readonly Drill[] = [
  toDrill({
    name: "elections one after the other",
    fault: "6 elections of up to 1.5 s, 5 % of writes disturbed",
    kind: "replicaSet",
    async disturb(set, random) {
      set.disturb(0.05);
      for (let round = 0; round < 6; round++) {
        await sleep(random.between(300, 1500));
        await set.elect(random.between(50, 1500));
      }
    },
  }),
  toDrill({
    name: "a primary that does not know its successor",
    fault: "two primaries for up to 2 s, 4 times",
    kind: "replicaSet",
    async disturb(set, random) {
      for (let round = 0; round < 4; round++) {
        await sleep(random.between(300, 1000));
        set.split();
        await sleep(random.between(500, 2000));
        set.heal();
      }
    },
  }),
  toDrill({
    name: "routers that die by turns",
    fault: "5 of 3 routers gone for up to 1.5 s, 5 % of writes disturbed, sharded",
    kind: "sharded",
    async disturb(set, random) {
      set.disturb(0.05);
      for (let round = 0; round < 5; round++) {
        await sleep(random.between(300, 1200));
        await set.drop(random.below(3), random.between(200, 1500));
      }
    },
  }),
];

function toDrill({ name, fault, kind, disturb }: MongoDbFault): Drill {
  return {
    name: `MongoDB: ${name}`,
    topology: kind === "sharded" ? "three routers (stand-in)" : "MongoDB set of three (stand-in)",
    fault,
    run: (context) => runDrill(context, kind, disturb),
  };
}

async function runDrill(context: DrillContext, kind: SetKind, disturb: Disturb): Promise<DrillOutcome> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const dataDir = await mkdtemp(join(tmpdir(), "vitrine-drill-"));
    closing.push(() => rm(dataDir, { recursive: true, force: true }));
    const { PATH, HOME, XDG_CACHE_HOME } = process.env;
    const config = readConfig({ PATH, HOME, XDG_CACHE_HOME, VITRINE_DATA_DIR: dataDir });
    const stack = await acquireStack(config, { logger: createLogger("warn"), signal: context.signal });
    closing.push(() => stack.release());
    const admin = openMariaDb(stack.mariadb.adminUrl, { size: 4, multipleStatements: true });
    closing.push(() => admin.close());
    const { domains } = gardenProject;
    await migrateUp({ admin, sqlDir, domains });
    await plantGarden(admin);
    const random = createRandom(context.seed);
    const set = await openFakeSet({
      ...{ url: stack.mongodb.url, kind },
      random: () => random.below(1_000_000) / 1_000_000,
    });
    closing.push(() => set.close());
    const loader = startLoader(stack.mariadb.adminUrl, set.url, kind === "sharded" ? "hashed" : null);
    closing.push(loader.stop);
    const urls = { mariadb: stack.mariadb.adminUrl, mongodb: stack.mongodb.url };
    await settle(urls, context.signal);
    const terminal = startWriting(admin, random);
    try {
      await disturb(set, random);
    } finally {
      set.disturb(0);
      await terminal.stop();
    }
    const begun = Date.now();
    const { wrong, documents } = await settle(urls, context.signal);
    const happened = [...set.counts].map(([what, times]) => `${times} × ${what}`).join(", ");
    const notes = [
      `${terminal.acknowledged()} writes; ${happened}; ${loader.failures()} failures of loader parts`,
    ];
    return { lost: await terminal.countLost(), recoverMs: Date.now() - begun, wrong, documents, notes };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function startLoader(mariadbUrl: string, mongodbUrl: string, sharding: Sharding) {
  const db = openMariaDb(mariadbUrl, { size: loaderConnections });
  const mongo = openMongoDb(mongodbUrl, { sharding });
  const stop = new AbortController();
  let failures = 0;
  const models = gardenProject.domains.flatMap((domain) => domain.models);
  const loader = createLoader({
    ...{ db, mongo, models, logger: createLogger("silent"), verifyShare: 0 },
    onEvent(event) {
      if (event.type === "failed") failures += 1;
    },
  });
  const running = loader.run(stop.signal);
  return {
    failures: () => failures,
    async stop() {
      stop.abort();
      await running;
      await Promise.all([db.close(), mongo.close()]);
    },
  };
}

/** Changes heights; what was acknowledged last is what must be there. */
function startWriting(db: MariaDb, random: Random) {
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
async function settle(urls: { readonly mariadb: string; readonly mongodb: string }, signal: AbortSignal) {
  const until = Date.now() + RECOVER_MS;
  for (;;) {
    signal.throwIfAborted();
    const { disagreements, compared: documents } = await compareGarden(urls.mariadb, urls.mongodb);
    if (disagreements.length === 0 || Date.now() > until) return { wrong: disagreements.length, documents };
    await sleep(100);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import { badNetwork } from "./bad-network.ts";
import { changedShapes } from "./changed-shapes.ts";
import { damagedData } from "./damaged-data.ts";
import type { Blow, FaultKind } from "./fault-kind.ts";
import type { FaultShop } from "./fault-shop.ts";
import type { LoaderProcess, Strike } from "./loader-process.ts";
import { rebuildSteps, type Step, steps } from "./steps.ts";

const requestRebuild =
  "update vitrine_state set rebuild_status = 'needed', rebuild_from = null, rebuild_cursor = null";

/** Arms a loader, and lets the terminals write until it is struck. One that was not by then is killed; null. */
export async function strikeLoader(
  shop: FaultShop,
  strike: Strike,
  options: { readonly loader?: LoaderProcess; readonly patienceMs?: number } = {},
): Promise<Blow | null> {
  const { patienceMs = 5000 } = options;
  const loader = options.loader ?? shop.loaders()[0] ?? (await shop.startLoader());
  loader.order({ type: "strike", strike });
  if (rebuildSteps.includes(strike.step)) await shop.query(requestRebuild);
  const isStruck = await loader.struck(patienceMs);
  const inFlight = await shop.look();
  // Armed, it would be struck by whatever comes next, and stand still when nobody expects it.
  if (!isStruck) await loader.kill();
  return isStruck ? { what: `${strike.when} ${strike.step}, time ${strike.count}`, inFlight } : null;
}

const killedAt = (step: Step): FaultKind => ({
  name: `loader killed: ${step}`,
  weight: 10,
  strike: async (shop, random) => {
    const when = random.pick(["before", "after"] as const);
    const struck = await strikeLoader(shop, {
      step,
      when,
      count: random.between(1, 4),
      signal: "SIGKILL",
    });
    await shop.stopLoaders();
    await sleep(random.between(0, 200));
    await shop.startLoader();
    return struck;
  },
});

/** Wakes when the others have done its work and everything is quiet, or in the middle of it. */
const stalled = (others: number): FaultKind => ({
  name: `loader stalled at any step, ${others} other${others > 1 ? "s" : ""} at work, wakes later`,
  weight: 30,
  strike: async (shop, random) => {
    const [loader] = shop.loaders();
    const struck = await strikeLoader(shop, {
      step: random.pick(steps),
      when: random.pick(["before", "after"] as const),
      count: random.between(1, 3),
      signal: "SIGSTOP",
    });
    for (let other = 0; other < others; other++) await shop.startLoader();
    await sleep(random.between(200, 1200));
    if (random.below(2) === 0) loader?.signal("SIGCONT");
    return struck;
  },
  afterwards: async (shop) => {
    for (const loader of shop.loaders()) loader.signal("SIGCONT");
    await sleep(400);
  },
});

const racing = (loaders: number): FaultKind => ({
  name: `${loaders} loaders race`,
  weight: 20,
  strike: async (shop, random) => {
    while (shop.loaders().length < loaders) await shop.startLoader();
    await sleep(random.between(500, 1200));
    const inFlight = await shop.look();
    if (random.below(3) === 0) await shop.query(requestRebuild);
    return { what: "done", inFlight };
  },
});

const killed = (name: string, which: readonly ("mariadb" | "mongodb")[], weight: number): FaultKind => ({
  name,
  weight,
  strike: async (shop, random) => {
    await sleep(random.between(100, 500));
    const inFlight = await shop.inFlight();
    await Promise.all(which.map((server) => shop.servers[server].kill()));
    await sleep(random.between(0, 300));
    await Promise.all(which.map((server) => shop.servers[server].start()));
    await sleep(random.between(100, 400));
    return { what: "done", inFlight };
  },
});

const frozen = (
  server: "mariadb" | "mongodb",
  name: string,
  ms: readonly [from: number, to: number],
  weight: number,
): FaultKind => ({
  name,
  weight,
  strike: async (shop, random) => {
    await sleep(random.between(100, 300));
    const inFlight = await shop.inFlight();
    shop.servers[server].freeze();
    await sleep(random.between(...ms));
    shop.servers[server].thaw();
    return { what: "done", inFlight };
  },
});

export const faultKinds: readonly FaultKind[] = [
  ...steps.map(killedAt),
  stalled(1),
  stalled(3),
  racing(2),
  racing(4),
  killed("MariaDB killed -9", ["mariadb"], 25),
  killed("MongoDB killed -9", ["mongodb"], 25),
  killed("both servers killed -9", ["mariadb", "mongodb"], 15),
  ...badNetwork,
  frozen("mongodb", "MongoDB frozen (SIGSTOP) for 2 to 6 s", [2000, 6000], 8),
  frozen("mariadb", "MariaDB frozen (SIGSTOP) for 2 to 6 s", [2000, 6000], 8),
  {
    name: "loader's clock jumps (two loaders, up to 12 h apart)",
    weight: 15,
    strike: async (shop, random) => {
      await shop.startLoader();
      for (const loader of shop.loaders()) {
        loader.order({ type: "clock", ms: random.between(-21_600_000, 21_600_000) });
        await sleep(random.between(100, 500));
      }
      const inFlight = await shop.look();
      await sleep(300);
      return { what: "done", inFlight };
    },
  },
  {
    name: "optimize and alter table during load",
    weight: 15,
    strike: async (shop, random) => {
      const changes = ["vitrine_change_order", "vitrine_change_orderline"];
      const tables = [...changes, "vitrine_pending", "customer", "`order`", "orderline", "vitrine_state"];
      const inFlight = await shop.inFlight();
      for (let round = 0; round < 3; round++) {
        const table = random.pick(tables);
        const statement = random.pick([
          `optimize table ${table}`,
          `alter table ${table} comment = 'round ${round} ${random.below(1000)}'`,
          `alter table ${table} force`,
        ]);
        await shop.query(`set statement lock_wait_timeout = 10 for ${statement}`).catch(() => undefined);
        await sleep(random.between(50, 200));
      }
      return { what: "done", inFlight };
    },
  },
  {
    name: "mirror's disk full",
    weight: 10,
    strike: async (shop, random) => {
      const { mongodb } = shop.servers;
      if (!mongodb.fillDisk) return null;
      await sleep(random.between(100, 300));
      const inFlight = await shop.inFlight();
      mongodb.fillDisk();
      await sleep(random.between(800, 2500));
      mongodb.freeDisk();
      const isPanicked = await hasPanicked(shop.servers.mongodbUrl());
      // A real mongod ends itself when its storage engine panics; the stand-in lives on, and refuses everything.
      if (isPanicked) {
        await mongodb.kill();
        await mongodb.start();
      }
      return { what: isPanicked ? "done, server restarted" : "done", inFlight };
    },
  },
  changedShapes,
  ...damagedData,
];

/** Whether the storage engine has given up for good. */
async function hasPanicked(url: string): Promise<boolean> {
  const mongo = openMongoDb(url);
  try {
    await mongo.db
      .collection("after_the_fault")
      .insertOne({ at: new Date() }, { writeConcern: { w: 1, journal: true } });
    return false;
  } catch (error) {
    return /WT_PANIC/.test(String(error));
  } finally {
    await mongo.close();
  }
}

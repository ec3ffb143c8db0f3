import { setTimeout as sleep } from "node:timers/promises";
import { readPosition } from "../../src/core/position.ts";
import { takeToken } from "../../src/stores/mariadb/take-token.ts";
import { createRandom, type Random } from "../faults/random.ts";
import type { ReplicatedServer } from "../support/replicated-garden.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";
import { withParts } from "./open-parts.ts";
import { openDrillGarden, type ReplicatedDrillGarden } from "./replicated-shop.ts";

/** What is done to a primary while writers write. */
interface ReplicationFault {
  readonly name: string;
  readonly fault: string;
  readonly mayLose?: string;
  /** The primary waits until a replica has what it commits. */
  readonly isSemiSync?: boolean;
  /** Returns when the replica takes writes; the rest is for the product. */
  strike(garden: ReplicatedDrillGarden, servers: Servers, random: Random): Promise<readonly string[]>;
}

interface Servers {
  readonly primary: ReplicatedServer;
  readonly replica: ReplicatedServer;
}

/** The primary is told to wait when it has its replica: one that applies would wait for replicas of its own. */
const semiSync = [
  "--rpl-semi-sync-slave-enabled=1",
  "--rpl-semi-sync-master-wait-point=AFTER_SYNC",
  "--rpl-semi-sync-master-timeout=60000",
];

const toDrill = ({ name, fault, mayLose, isSemiSync = false, strike }: ReplicationFault): Drill => ({
  name: `Replication: ${name}`,
  topology: isSemiSync ? "primary and replica, semi-synchronous" : "primary and replica",
  fault,
  ...(mayLose !== undefined && { mayLose }),
  run: (context) => runDrill(context, isSemiSync, strike),
});

const runDrill = (
  { seed, signal }: DrillContext,
  isSemiSync: boolean,
  strike: ReplicationFault["strike"],
): Promise<DrillOutcome> =>
  withParts(signal, async (atEnd) => {
    const garden = await openDrillGarden({ replicas: 1, args: isSemiSync ? semiSync : [] });
    atEnd(garden.close);
    if (isSemiSync) await garden.servers[0]?.db.query("set global rpl_semi_sync_master_enabled = 1");
    return strikeGarden(garden, seed, strike);
  });

async function strikeGarden(
  garden: ReplicatedDrillGarden,
  seed: number,
  strike: ReplicationFault["strike"],
): Promise<DrillOutcome> {
  const [primary, replica] = garden.servers as [ReplicatedServer, ReplicatedServer]; // as it was opened
  const random = createRandom(seed);
  const before = await readRebuilt(replica);
  const writers = garden.startWriters(seed);
  let notes: readonly string[];
  let recoverMs: number;
  try {
    await sleep(random.between(1500, 3000));
    const struck = performance.now();
    notes = await strike(garden, { primary, replica }, random);
    await garden.moved(replica, (await readPosition(replica.db)).n);
    recoverMs = performance.now() - struck;
    await sleep(random.between(500, 1000));
  } finally {
    await writers.stop();
  }
  await garden.drained(replica);
  const [{ disagreements, compared }, lost] = await Promise.all([
    garden.compare(replica),
    garden.findLost(replica),
  ]);
  const isRebuilt = (await readRebuilt(replica)) !== before;
  return {
    ...{ lost: lost.length, recoverMs: Math.round(recoverMs) },
    ...{ wrong: disagreements.length, documents: compared },
    notes: [
      `${garden.acknowledged.size} writes acknowledged; the mirror was ${isRebuilt ? "rebuilt" : "not rebuilt"}.`,
      ...notes,
    ],
  };
}

const readRebuilt = async ({ db }: ReplicatedServer): Promise<string> =>
  JSON.stringify(await db.query("select model, rebuilt_at from vitrine_state order by model"));

/** As gateways with mutations do before a loader is there. */
async function takeTokens({ db }: ReplicatedServer, count: number): Promise<void> {
  for (let token = 0; token < count; token++) await takeToken(db);
}

const lossy = "asynchronous replication loses what no replica has heard of";

/** Its replica takes over at once. */
const dies: ReplicationFault["strike"] = async (_, { primary, replica }) => {
  primary.kill();
  await replica.promote();
  return [];
};

const faults: readonly ReplicationFault[] = [
  { name: "the primary dies", fault: "kill -9 of the primary", mayLose: lossy, strike: dies },
  {
    name: "the primary dies, its replica is behind, and positions are taken before the loader looks",
    fault: "kill -9 of a primary whose replica has heard of nothing for a second",
    mayLose: lossy,
    async strike(_, { primary, replica }, random) {
      await replica.cutOff();
      await sleep(1000);
      const given = (await readPosition(primary.db)).n;
      primary.kill();
      await replica.promote();
      const kept = (await readPosition(replica.db)).n;
      const tokens = Number(given - kept) + random.between(50, 200);
      await takeTokens(replica, tokens);
      return [`${given - kept} positions were lost, ${tokens} taken at once.`];
    },
  },
  {
    name: "the primary dies, and waited for its replica",
    fault: "kill -9 of the primary (AFTER_SYNC)",
    isSemiSync: true,
    strike: dies,
  },
  {
    name: "the primary hangs, and waited for its replica",
    fault: "SIGSTOP of the primary (AFTER_SYNC)",
    isSemiSync: true,
    async strike(_, { primary, replica }) {
      primary.kill("SIGSTOP");
      await sleep(500);
      await replica.promote();
      return [];
    },
  },
  {
    name: "the primary comes back as a replica and takes over again",
    fault: "two orderly changes of the primary under writes",
    async strike(garden, { primary, replica }) {
      const change = async (from: ReplicatedServer, to: ReplicatedServer) => {
        await changePrimary(from, to);
        await garden.moved(to, (await readPosition(to.db)).n);
      };
      await change(primary, replica);
      await change(replica, primary);
      await changePrimary(primary, replica);
      return ["Three changes of the primary."];
    },
  },
];

/** A primary that is lost under writes, or changed. Whoever promotes the replica is an orchestrator; the product does the rest. */
export const replicationDrills: readonly Drill[] = faults.map(toDrill);

/** As an operator does it: no write is lost. */
async function changePrimary(from: ReplicatedServer, to: ReplicatedServer): Promise<void> {
  await from.db.query("set global read_only = 1");
  await from.db.query("flush tables with read lock; unlock tables");
  await to.catchUp(from);
  await to.promote();
  await from.follow(to);
}

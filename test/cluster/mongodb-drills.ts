import { setTimeout as sleep } from "node:timers/promises";
import { createLogger } from "../../src/log.ts";
import { createLoader, loaderConnections } from "../../src/mirror/loader.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { openMongoDb, type Sharding } from "../../src/stores/mongodb/mongodb.ts";
import type { Random } from "../faults/random.ts";
import type { SetKind } from "../support/fake-members.ts";
import type { FakeSet } from "../support/fake-replica-set.ts";
import gardenProject from "../support/garden/vitrine.config.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";
import { describeCounts, openGardenBehindSet, settle, startWriting } from "./garden-behind-set.ts";
import { withParts } from "./open-parts.ts";

/** What is done to the set between loader and server while a terminal writes. */
type Disturb = (set: FakeSet, random: Random) => Promise<void>;

interface MongoDbFault {
  readonly name: string;
  readonly fault: string;
  readonly kind: SetKind;
  readonly disturb: Disturb;
}

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

const runDrill = (context: DrillContext, kind: SetKind, disturb: Disturb): Promise<DrillOutcome> =>
  withParts(context.signal, async (atEnd) => {
    const { admin, set, urls, random } = await openGardenBehindSet(context, kind, atEnd);
    const loader = startLoader(urls.mariadb, set.url, kind === "sharded" ? "hashed" : null);
    atEnd(loader.stop);
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
    const notes = [
      `${terminal.acknowledged()} writes; ${describeCounts(set)}; ${loader.failures()} failures of loader parts`,
    ];
    return { lost: await terminal.countLost(), recoverMs: Date.now() - begun, wrong, documents, notes };
  });

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

import { readStates } from "../../src/core/model-state.ts";
import { createLogger } from "../../src/log.ts";
import { createLoader, loaderConnections } from "../../src/mirror/loader.ts";
import type { DocumentModel } from "../../src/models/model.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { shapeHash } from "../../src/stores/mongodb/mirror-schema.ts";
import { openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import { inShape } from "../faults/fault-models.ts";
import { blows, isWrite } from "../support/fake-members.ts";
import gardenProject from "../support/garden/vitrine.config.ts";
import type { Body } from "../support/mongo-wire.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";
import {
  describeCounts,
  type GardenBehindSet,
  openGardenBehindSet,
  settle,
  startWriting,
} from "./garden-behind-set.ts";
import { type AtEnd, withParts } from "./open-parts.ts";
import { waitUntil } from "./wait-until.ts";

/** What a rebuild tells MongoDB: `createIndexes` of `plant_card`. Collections of another shape are numbered. */
interface RebuildStep {
  readonly command: string;
  readonly collection: string;
}

const models = gardenProject.domains.flatMap((domain) => domain.models);
/** By turns, so that each rebuild makes collections, validators and indexes anew. */
const shapes = (["own", "other"] as const).map((shape) => models.map((model) => inShape(model, shape)));

const stepOf = (command: string, body: Body): RebuildStep => ({
  command,
  collection: String(body[command]).replace(/\.\d+$/, ""),
});
const nameOf = ({ command, collection }: RebuildStep): string =>
  command === "commitTransaction" ? command : `${command} ${collection}`;

/** Every step that changes MongoDB, each struck once by each blow, with an election that follows. */
export const mongodbRebuilds: Drill = {
  name: "MongoDB: elections in the middle of each step of a rebuild",
  topology: "MongoDB set of three (stand-in)",
  fault: "each command of a rebuild refused, cut, or applied without an answer; an election of up to 0.5 s",
  run: (context) => withParts(context.signal, (atEnd) => run(context, atEnd)),
};

async function run(context: DrillContext, atEnd: AtEnd): Promise<DrillOutcome> {
  const garden = await openGardenBehindSet(context, "replicaSet", atEnd);
  const { admin, set, random, urls } = garden;
  let turn = 0;
  const rebuild = async (isStruck: () => boolean = () => true) => {
    const shape = shapes[turn++ % 2] ?? [];
    await runUntilRebuilt(garden, shape, isStruck);
  };
  await rebuild();
  const steps = await record(garden, rebuild);
  const terminal = startWriting(admin, random);
  let slowestMs = 0;
  try {
    for (const step of steps)
      for (const blow of blows) {
        context.signal.throwIfAborted();
        const of = (body: Body) => nameOf(stepOf(step.command, body)) === nameOf(step);
        const electionMs = random.between(50, 500);
        const { isStruck } = set.strike({ command: step.command, of, blow, electionMs });
        const since = Date.now();
        await rebuild(isStruck);
        slowestMs = Math.max(slowestMs, Date.now() - since);
      }
  } finally {
    await terminal.stop();
  }
  await rebuild();
  const { wrong, documents } = await settle(urls, context.signal);
  const notes = [
    `${steps.length} steps: ${steps.map(nameOf).join(", ")}. Recovery is the slowest rebuild.`,
    `${terminal.acknowledged()} writes; ${describeCounts(set)}`,
  ];
  return { lost: await terminal.countLost(), recoverMs: slowestMs, wrong, documents, notes };
}

/** What a rebuild sends that nobody disturbs, each once. */
async function record(
  { set }: GardenBehindSet,
  rebuild: () => Promise<void>,
): Promise<readonly RebuildStep[]> {
  const sent = new Map<string, RebuildStep>();
  const end = set.watch((_, command, body) => {
    const step = stepOf(command, body);
    if (isWrite(command)) sent.set(nameOf(step), step);
  });
  await rebuild();
  end();
  return [...sent.values()];
}

/** A loader of these definitions, until it has mirrored everything in their shape, and what was to be struck is. */
async function runUntilRebuilt(
  { admin, set, urls }: GardenBehindSet,
  shape: readonly DocumentModel[],
  isStruck: () => boolean,
): Promise<void> {
  const db = openMariaDb(urls.mariadb, { size: loaderConnections });
  const mongo = openMongoDb(set.url);
  const stop = new AbortController();
  const logger = createLogger("silent");
  const loader = createLoader({ db, mongo, models: shape, logger, verifyShare: 0, adoptShapes: true });
  const running = loader.run(stop.signal);
  try {
    await waitUntil("every model is rebuilt in its new shape", async () => {
      const states = await readStates(admin);
      const areDone = shape.every((model) => {
        const state = states.get(model.name);
        return state?.shapeHash === shapeHash(model) && state.rebuildStatus === "done";
      });
      return areDone && isStruck();
    });
  } finally {
    stop.abort();
    await running;
    await Promise.all([db.close(), mongo.close()]);
  }
}

import { readOwnState, toRoute } from "../../core/model-state.ts";
import { hasPending } from "../../core/pending-queue.ts";
import { readPosition } from "../../core/position.ts";
import { finishRebuild, type Rebuild, takeRebuild } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { findOlder } from "../../stores/mongodb/mirror-range.ts";
import { publishRoute } from "../../stores/mongodb/mirror-routes.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import { prepareCollection } from "../../stores/mongodb/prepare-collection.ts";
import { applyBatch } from "../apply/apply-batch.ts";
import { type BatchReader, createBatchReader } from "../apply/batch-reader.ts";
import { readDuration } from "../duration.ts";
import type { OnLoaderEvent } from "../events.ts";
import type { SnapshotPool, Snapshots } from "../snapshots.ts";
import type { WakeUp } from "../wake-up.ts";
import { isBeyondRebuild, turnIntoRebuild } from "./backlog.ts";
import { dropLeftOvers } from "./drop-left-overs.ts";
import { createLandings, type Landings, reportApplied } from "./landings.ts";
import {
  afterChanges,
  chooseLeaves,
  chooseStep,
  firstState,
  restMs,
  type WorkerState,
} from "./worker-steps.ts";

/** Ranges of a rebuild that are written side by side while the next one is read. */
const RANGES = 2;

export interface WorkerOptions {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly model: DocumentModel;
  readonly snapshots: SnapshotPool;
  readonly wakeUp: WakeUp;
  /** The position up to which all that the model owes is in its queue, or done. */
  readonly exhausted: () => bigint;
  readonly onEvent: OnLoaderEvent;
  /** Called with the collection when it is prepared, and with undefined at the end. */
  readonly onReady: (collection: string | undefined) => void;
  readonly signal: AbortSignal;
}

/**
 * Keeps the mirror of one model: empties its queue at its own pace and works off its rebuild, a range and a
 * batch of changes by turns. While batches are written the next is read. Throws when a server is lost or the
 * view fails; run it again then.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { db, mongo, model } = options;
  // First, because it refuses a model of another shape, whose collection must stay as it is.
  const rebuild = await takeRebuild(db, model);
  const state = await readOwnState(db, model);
  const { collection } = state;
  await prepareCollection(mongo, model, collection);
  await dropLeftOvers(mongo, state);
  await announce(options);
  const reader = createBatchReader(model, options.exhausted, collection);
  const landings = createLandings(options, (batch) => reader.landed(batch));
  options.onReady(collection);
  try {
    await work({ ...options, collection, reader, landings }, { ...firstState, rebuild });
  } finally {
    options.onReady(undefined);
    await landings.drain();
  }
}

interface Worker extends WorkerOptions {
  readonly collection: string;
  readonly reader: BatchReader;
  readonly landings: Landings;
}

async function work(worker: Worker, first: WorkerState): Promise<void> {
  const { landings, wakeUp, signal } = worker;
  let state = first;
  while (!signal.aborted) {
    if (wakeUp.take()) state = { ...state, hasChanges: true };
    if (state.rebuild && landings.isOver(state.rebuild)) state = { ...state, rebuild: undefined };
    const step = chooseStep(state, performance.now());
    if (step.do === "sweep") state = await sweep(worker, state);
    else if (step.do === "read") state = await readNext(worker, state, step.changes);
    else {
      await landings.landed();
      await wakeUp.wait(restMs(state, performance.now()), signal);
    }
  }
}

/** Asks whether there is a rebuild to go on with, and whether the queue holds anything, or too much. */
async function sweep(worker: Worker, state: WorkerState): Promise<WorkerState> {
  const { db, mongo, model, snapshots, collection, landings, onEvent } = worker;
  const sweptAt = performance.now();
  let rebuild = state.rebuild ?? (await takeRebuild(db, model));
  const hasChanges = state.hasChanges || (await hasPending(db, model));
  if (hasChanges && !rebuild && (await isBeyondRebuild(db, mongo, model, collection))) {
    await landings.landed();
    const rows = await snapshots.use((one) => turnIntoRebuild(db, one, model), { leaves: 2 });
    onEvent({ type: "forgotten", model: model.name, rows });
    rebuild = await takeRebuild(db, model);
  }
  return { ...state, rebuild, hasChanges, sweptAt };
}

/** Reads the next batch while those before are written, and lets it follow them. */
async function readNext(worker: Worker, state: WorkerState, changes: boolean): Promise<WorkerState> {
  const { model, snapshots, reader, landings } = worker;
  const { rebuild } = state;
  let readMs = 0;
  const read = async (one: Snapshots) => {
    const started = performance.now();
    const found = await reader.read(one, { changes, rebuild: rebuild ?? null });
    readMs = performance.now() - started;
    return found;
  };
  const next = await snapshots.use(read, { leaves: chooseLeaves(state, model.every !== undefined) });
  // One batch of changes at a time: two would meet in the record of their position, and one be aborted.
  await landings.makeRoom(next.batch?.range ? RANGES : 1);
  if (next.batch) {
    const isStale = next.batch.range !== null && landings.isOver(next.batch.range.rebuild);
    if (!isStale) landings.start(next.batch);
  }
  const isRangeEnd = !next.batch && next.isRangeEnd;
  const pace = model.every === undefined ? 0 : readDuration(model.every);
  const isEmpty = (next.batch?.pendingIds.length ?? 0) === 0;
  const after = { ...state, readMs };
  const now = changes
    ? afterChanges(after, { hasMore: next.hasMore, isEmpty }, performance.now(), pace)
    : after;
  return isRangeEnd && rebuild ? endRebuild(worker, now, rebuild) : now;
}

async function endRebuild(worker: Worker, state: WorkerState, rebuild: Rebuild): Promise<WorkerState> {
  const { db, model, landings, onEvent } = worker;
  await landings.landed();
  if (!landings.isOver(rebuild)) {
    await removeOrphans(worker, rebuild);
    if (await finishRebuild(db, model, rebuild)) {
      onEvent({ type: "rebuilt", model: model.name });
      await announce(worker);
    }
  }
  return { ...state, rebuild: undefined };
}

/** Says in the mirror where the model is, for those who do not ask MariaDB. */
async function announce({ db, mongo, model }: WorkerOptions): Promise<void> {
  // Before the state: what is said at a later position is then never older.
  const position = await readPosition(db);
  await publishRoute(mongo, model, position, toRoute(await readOwnState(db, model)));
}

/** Turns documents older than the rebuild, which the view lacks, into tombstones. */
async function removeOrphans(worker: Worker, rebuild: Rebuild): Promise<void> {
  const { mongo, model, snapshots, collection } = worker;
  const reader = createBatchReader(model, () => 0n, collection);
  const from = rebuild.from + 1n;
  let after: string | null = null;
  for (;;) {
    const ids: readonly string[] = await findOlder(mongo, model, from, after, model.batch, collection);
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    const started = performance.now();
    const batch = await snapshots.use((one) => reader.readThese(one, ids), { leaves: 2 });
    const applied = await applyBatch(worker, batch);
    reportApplied(worker, batch, applied, { kind: "rebuild", started });
  }
}

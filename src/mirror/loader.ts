import { setMaxListeners } from "node:events";
import { createStates } from "../core/acknowledge.ts";
import { adoptShapes } from "../core/adopt-shapes.ts";
import { readStates } from "../core/model-state.ts";
import { requestRebuild } from "../core/rebuild.ts";
import { isRetryPending } from "../core/rejected-documents.ts";
import type { Logger } from "../log.ts";
import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { requireWritable } from "../stores/mariadb/read-only.ts";
import { takePosition } from "../stores/mariadb/take-token.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";
import type { MongoDb } from "../stores/mongodb/mongodb.ts";
import type { OnLoaderEvent, WorkerStatus } from "./events.ts";
import { type CheckCapture, guardOnce } from "./guard/guard.ts";
import { dropBacklog } from "./lanes/backlog.ts";
import { runAsLeader } from "./leadership.ts";
import { checkLife, createParts, type Parts, runParts } from "./run-parts.ts";

export { loaderConnections } from "./run-parts.ts";

import { runUntil } from "./run-until.ts";
import { withSnapshots } from "./snapshots.ts";
import { createStatusBoard } from "./status-board.ts";
import { keepRunning } from "./wake-up.ts";

export interface LoaderOptions {
  /** As the loader's account. A pool of `connections`. */
  readonly db: MariaDb;
  /** How many of them the loader takes at most, however many models there are: 10 or more. Default: `loaderConnections`. */
  readonly connections?: number;
  readonly mongo: MongoDb;
  /** Every model of the project: changes are forgotten once all of these know what they touch. */
  readonly models: readonly DocumentModel[];
  /** Those of which this loader keeps the mirror; other loaders keep the others'. Default: all. */
  readonly served?: readonly DocumentModel[];
  readonly logger: Logger;
  readonly onEvent?: OnLoaderEvent;
  /** Checks whether changes are captured at all. */
  readonly checkCapture?: CheckCapture;
  /** Share of each model that is verified per minute; 0: none. Default: 0.01. */
  readonly verifyShare?: number;
  /** Record the shapes of these definitions and rebuild where others were recorded. Else refuse to write. */
  readonly adoptShapes?: boolean;
  /** Stand by while another loader of the same models works. Default: several work side by side, safely. */
  readonly takesTurns?: boolean;
}

export interface Loader {
  /** Follows the source until the signal is aborted. Survives the loss of either server, and of any view. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Until everything that is committed now is mirrored and no rebuild is left. @throws VitrineError UNHEALTHY
   * when a model cannot be mirrored, MIRROR_UNAVAILABLE, SOURCE_UNAVAILABLE, and the signal's reason when it is aborted.
   */
  once(signal: AbortSignal): Promise<void>;
  /** Loads every document of these models again; follows the source meanwhile. @throws as `once` */
  rebuild(models: readonly DocumentModel[], signal: AbortSignal): Promise<void>;
  status(): readonly WorkerStatus[];
}

/** The loader: one resolver and one worker per model, each on its own. */
export function createLoader(options: LoaderOptions): Loader {
  const { db, models, logger, served = models } = options;
  const board = createStatusBoard(served, logger, options.onEvent);
  const parts = createParts(options, board);

  const runToEnd = (
    isDone: () => Promise<boolean>,
    awaited: readonly DocumentModel[],
    signal: AbortSignal,
  ) => {
    const names = new Set(awaited.map(({ name }) => name));
    const statuses = () => board.list().filter(({ model }) => names.has(model));
    return runUntil((stop) => follow(parts, stop), { isDone, statuses, signal });
  };

  return {
    run: (signal) => follow(parts, signal),
    async once(signal) {
      await requireWritable(db);
      await createStates(db, models);
      await checkLife(parts);
      const { n } = await takePosition(db);
      await runToEnd(() => areComplete(db, served, n), served, signal);
    },
    async rebuild(chosen, signal) {
      await requireWritable(db);
      await createStates(db, models);
      await adoptShapes(db, chosen);
      await db.transaction((connection) => requestRebuild(connection, chosen));
      await runToEnd(() => areRebuilt(db, chosen), chosen, signal);
    },
    status: board.list,
  };
}

async function follow(parts: Parts, signal: AbortSignal): Promise<void> {
  const { db, models, served = models, board } = parts;
  const fail = (scope: string) => (error: unknown) => board.onEvent({ type: "failed", scope, error });
  let isPrepared = false;
  // Every loop listens to it; ten listeners are no leak.
  setMaxListeners(0, signal);
  await keepRunning(
    async () => {
      if (!isPrepared) await prepare(parts);
      isPrepared = true;
      const work = (leading: AbortSignal) => runParts(parts, leading);
      if (!parts.takesTurns) return work(signal);
      await runAsLeader({ db, models: served, onFailure: fail("lease") }, work, signal);
    },
    signal,
    fail("loader"),
  );
}

async function prepare(parts: Parts): Promise<void> {
  const { db, mongo, models, checkCapture, board } = parts;
  await requireWritable(db);
  await createStates(db, models);
  if (parts.adoptShapes) await adoptShapes(db, models);
  await guardOnce({ db, mongo, models, checkCapture, onEvent: board.onEvent });
  const dropped = await withSnapshots(db, (snapshots) => dropBacklog(db, snapshots));
  if (dropped > 0) board.onEvent({ type: "dropped", changes: dropped });
}

/** Whether the mirror of all these models shows everything before a position. */
async function areComplete(db: MariaDb, models: readonly DocumentModel[], n: bigint): Promise<boolean> {
  const states = await readStates(db);
  return models.every((model) => {
    const state = states.get(model.name);
    // Of another shape it may be done, but not by this loader; its worker says so.
    const isOwn = state?.shapeHash === shapeHash(model);
    return isOwn && state.rebuildStatus === "done" && state.complete >= n;
  });
}

/** Whether no rebuild of these models is left, and no document of them that it wants to be tried again. */
async function areRebuilt(db: MariaDb, models: readonly DocumentModel[]): Promise<boolean> {
  const states = await readStates(db);
  const areDone = models.every((model) => states.get(model.name)?.rebuildStatus === "done");
  return areDone && !(await isRetryPending(db, models));
}

import { VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb.ts";
import type { MongoDb } from "../stores/mongodb.ts";
import type { LoaderEvent, OnLoaderEvent, WorkerStatus } from "./events.ts";
import { createStates, readStates } from "./model-state.ts";
import { runWorker } from "./model-worker.ts";
import { dropBacklog } from "./rebuild.ts";
import { readHint } from "./resolve.ts";
import { runResolver } from "./resolver.ts";
import { withSnapshots } from "./snapshots.ts";
import { toReason } from "./sql-faults.ts";
import { createWakeUp, keepRunning, pause } from "./wake-up.ts";

export interface LoaderOptions {
  /** As the loader's account. Needs three connections per model and three more. */
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  /** Every model of the project: changes are forgotten once all of these know what they touch. */
  readonly models: readonly DocumentModel[];
  readonly logger: Logger;
  readonly onEvent?: OnLoaderEvent;
}

export interface Loader {
  /** Follows the source until the signal is aborted. Survives the loss of either server, and of any view. */
  run(signal: AbortSignal): Promise<void>;
  /** Until all that is logged now is mirrored and no rebuild is left. @throws VitrineError UNHEALTHY */
  once(signal: AbortSignal): Promise<void>;
  status(): readonly WorkerStatus[];
}

/** Connections that a loader of so many models takes at most. */
export const loaderConnections = (models: number): number => 3 * models + 4;

/** The loader: one resolver and one worker per model, each on its own. */
export function createLoader(options: LoaderOptions): Loader {
  const { db, mongo, models, logger } = options;
  const statuses = new Map<string, WorkerStatus>(
    models.map((model) => [model.name, { model: model.name, state: "starting", problem: null }]),
  );
  const wakeUps = new Map(models.map((model) => [model.name, createWakeUp()]));
  let exhausted = 0n;

  const onEvent = (event: LoaderEvent) => {
    if (event.type === "applied")
      statuses.set(event.model, {
        model: event.model,
        state: event.kind === "rebuild" ? "rebuilding" : "following",
        problem: null,
      });
    else if (event.type === "rebuilt")
      statuses.set(event.model, { model: event.model, state: "following", problem: null });
    else if (event.type === "failed")
      logger.warn({ scope: event.scope, err: event.error }, "failed, tries again");
    options.onEvent?.(event);
  };

  const runModel = (model: DocumentModel, signal: AbortSignal) => {
    // Every model has one.
    const wakeUp = wakeUps.get(model.name) ?? createWakeUp();
    const worker = { db, mongo, model, wakeUp, exhausted: () => exhausted, onEvent, signal };
    return keepRunning(
      () => runWorker(worker),
      signal,
      (error) => {
        statuses.set(model.name, { model: model.name, state: "failing", problem: toReason(error) });
        onEvent({ type: "failed", scope: model.name, error });
      },
    );
  };

  const resolve = (signal: AbortSignal) =>
    keepRunning(
      () =>
        runResolver({
          db,
          models,
          signal,
          onResolved(resolved) {
            if (resolved.isExhausted) exhausted = resolved.position;
            for (const [name, rows] of resolved.touched) if (rows > 0) wakeUps.get(name)?.raise();
            for (const [model, error] of resolved.failed)
              onEvent({ type: "failed", scope: `${model.name}_touched`, error });
            const touched = [...resolved.touched.values()].reduce((sum, rows) => sum + rows, 0);
            onEvent({ type: "resolved", changes: resolved.changes, touched });
          },
        }),
      signal,
      (error) => onEvent({ type: "failed", scope: "resolver", error }),
    );

  const prepare = async () => {
    await createStates(db, models);
    const dropped = await withSnapshots(db, (snapshots) => dropBacklog(db, snapshots, models));
    if (dropped > 0) onEvent({ type: "dropped", changes: dropped });
  };

  const run = async (signal: AbortSignal) => {
    let isPrepared = false;
    await keepRunning(
      async () => {
        if (!isPrepared) await prepare();
        isPrepared = true;
        await Promise.all([resolve(signal), ...models.map((model) => runModel(model, signal))]);
      },
      signal,
      (error) => onEvent({ type: "failed", scope: "loader", error }),
    );
  };

  return {
    run,
    async once(signal) {
      await createStates(db, models);
      const stop = new AbortController();
      const running = run(AbortSignal.any([signal, stop.signal]));
      try {
        while (!signal.aborted && !(await isDone(db, models))) {
          const failing = [...statuses.values()].filter((status) => status.state === "failing");
          if (failing.length > 0)
            throw new VitrineError(
              "UNHEALTHY",
              failing.map((status) => `${status.model}: ${status.problem}`).join("\n"),
            );
          await pause(25, signal);
        }
      } finally {
        stop.abort();
        await running;
      }
    },
    status: () => [...statuses.values()],
  };
}

/** Nothing logged, nothing queued, nothing to rebuild. */
async function isDone(db: MariaDb, models: readonly DocumentModel[]): Promise<boolean> {
  const { hasChanges } = await readHint(db, "0");
  if (hasChanges) return false;
  const queued = await db.query("select 1 from mirror_pending limit 1");
  const states = await readStates(db);
  return queued.length === 0 && models.every((model) => states.get(model.name)?.rebuildStatus === "done");
}

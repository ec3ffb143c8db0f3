import { setMaxListeners } from "node:events";
import { createStates } from "../core/acknowledge.ts";
import { adoptShapes } from "../core/adopt-shapes.ts";
import { readStates } from "../core/model-state.ts";
import { requestRebuild } from "../core/rebuild.ts";
import { isRetryPending, toReason } from "../core/rejected-documents.ts";
import type { Logger } from "../log.ts";
import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { takePosition } from "../stores/mariadb/take-token.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";
import type { MongoDb } from "../stores/mongodb/mongodb.ts";
import type { LoaderEvent, OnLoaderEvent, WorkerStatus } from "./events.ts";
import { checkIdentity } from "./guard/check-identity.ts";
import { type CheckCapture, guardOnce, runGuard } from "./guard/guard.ts";
import { dropBacklog } from "./lanes/backlog.ts";
import { createFastPath } from "./lanes/fast.ts";
import { runWorker } from "./lanes/queued.ts";
import { takeTurns } from "./leadership.ts";
import { createFailureLog } from "./log-failures.ts";
import { runResolver } from "./resolve/resolve-loop.ts";
import { runUntil } from "./run-until.ts";
import { withSnapshots } from "./snapshots.ts";
import { runAuditor } from "./verify/audit.ts";
import { createWakeUp, keepRunning } from "./wake-up.ts";

export interface LoaderOptions {
  /** As the loader's account. A pool of `loaderConnections(models)`: with fewer it waits for itself. */
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  /** Every model of the project: changes are forgotten once all of these know what they touch. */
  readonly models: readonly DocumentModel[];
  readonly logger: Logger;
  readonly onEvent?: OnLoaderEvent;
  /** Looks whether changes are captured at all. */
  readonly checkCapture?: CheckCapture;
  /** Share of each model that is verified per minute; 0: none. Default: 0.01. */
  readonly auditShare?: number;
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

/** Connections that a loader of so many models takes at most. */
export const loaderConnections = (models: number): number => 3 * models + 9;

/** The loader: one resolver and one worker per model, each on its own. */
export function createLoader(options: LoaderOptions): Loader {
  const { db, mongo, models, logger } = options;
  const statuses = new Map<string, WorkerStatus>(
    models.map((model) => [model.name, { model: model.name, state: "starting", problem: null }]),
  );
  const wakeUps = new Map(models.map((model) => [model.name, createWakeUp()]));
  /** Collections that are prepared, by model. */
  const ready = new Map<string, string>();
  let exhausted = 0n;

  const failures = createFailureLog(logger);
  const follows = (model: string, state: WorkerStatus["state"]) => {
    statuses.set(model, { model, state, problem: null });
    failures.works(model);
  };
  const onEvent = (event: LoaderEvent) => {
    if (event.type === "failed") failures.failed(event.scope, event.error);
    else if (event.type === "applied")
      follows(event.model, event.kind === "rebuild" ? "rebuilding" : "following");
    else if (event.type === "rebuilt") follows(event.model, "following");
    else if (event.type === "resolved") failures.works("resolver");
    else if (event.type === "guarded") failures.works("loader", "guard", "MariaDB", "MongoDB");
    else if (event.type === "audited") {
      failures.works("auditor");
      const { model, checked, defects } = event;
      if (defects > 0)
        logger.error(
          { model, checked, defects },
          "documents of the mirror were proven wrong, and are written anew",
        );
    }
    options.onEvent?.(event);
  };

  // Whoever replaces the source by an older copy cuts its connections. So this look, before the first position on
  // new ones, comes before a busy loader can have passed the positions that show what happened.
  const checkLife = async () => {
    const loss = await checkIdentity(db, mongo, models);
    if (loss) onEvent({ type: "failed", scope: "identity", error: new Error(loss.reason) });
  };

  const runModel = (model: DocumentModel, signal: AbortSignal) => {
    // Every model has one.
    const wakeUp = wakeUps.get(model.name) ?? createWakeUp();
    const onReady = (collection: string | undefined) => {
      if (collection === undefined) ready.delete(model.name);
      else ready.set(model.name, collection);
    };
    const worker = { db, mongo, model, wakeUp, exhausted: () => exhausted, onEvent, onReady, signal };
    return keepRunning(
      async () => {
        await checkLife();
        await runWorker(worker);
      },
      signal,
      (error) => {
        statuses.set(model.name, { model: model.name, state: "failing", problem: toReason(error) });
        onEvent({ type: "failed", scope: model.name, error });
      },
    );
  };

  const fast = createFastPath({
    mongo,
    readyIn: (model) => ready.get(model.name),
    // Says nothing of the worker: not that it follows, not that it is well again.
    onEvent: (event) => options.onEvent?.(event),
  });
  const resolve = (signal: AbortSignal) =>
    keepRunning(
      async () => {
        await checkLife();
        await runResolver({
          db,
          models,
          fast,
          signal,
          onResolved(resolved) {
            if (resolved.isExhausted) exhausted = resolved.position;
            for (const [name, rows] of resolved.queued) if (rows > 0) wakeUps.get(name)?.raise();
            for (const [model, error] of resolved.failed)
              onEvent({ type: "failed", scope: `${model.name}_touched`, error });
            const queued = [...resolved.queued.values()].reduce((sum, rows) => sum + rows, 0);
            onEvent({ type: "resolved", changes: resolved.changes, queued });
          },
        });
      },
      signal,
      (error) => {
        // The source that comes back may be an older copy, whose positions begin below.
        exhausted = 0n;
        onEvent({ type: "failed", scope: "resolver", error });
      },
    );

  const audit = {
    ...(options.auditShare === undefined ? {} : { share: options.auditShare }),
    // Kept when a server is lost: else the end of a big model would never have its turn.
    cursors: new Map(),
  };
  const guard = { db, mongo, models, checkCapture: options.checkCapture, onEvent };
  const prepare = async () => {
    await createStates(db, models);
    if (options.adoptShapes) await adoptShapes(db, models);
    await guardOnce(guard);
    const dropped = await withSnapshots(db, (snapshots) => dropBacklog(db, snapshots, models));
    if (dropped > 0) onEvent({ type: "dropped", changes: dropped });
  };

  const work = async (signal: AbortSignal) => {
    setMaxListeners(0, signal);
    const guarding = keepRunning(
      () => runGuard(guard, signal),
      signal,
      (error) => onEvent({ type: "failed", scope: "guard", error }),
    );
    const auditing = keepRunning(
      () => runAuditor({ db, mongo, models, onEvent, ...audit }, signal),
      signal,
      (error) => onEvent({ type: "failed", scope: "auditor", error }),
    );
    await Promise.all([
      guarding,
      auditing,
      resolve(signal),
      ...models.map((model) => runModel(model, signal)),
    ]);
  };

  const run = async (signal: AbortSignal) => {
    let isPrepared = false;
    // Every loop listens to it; ten listeners are no leak.
    setMaxListeners(0, signal);
    await keepRunning(
      async () => {
        if (!isPrepared) await prepare();
        isPrepared = true;
        if (!options.takesTurns) return work(signal);
        const onFailure = (error: unknown) => onEvent({ type: "failed", scope: "lease", error });
        await takeTurns({ db, models, onFailure }, work, signal);
      },
      signal,
      (error) => onEvent({ type: "failed", scope: "loader", error }),
    );
  };

  const runToEnd = (isDone: () => Promise<boolean>, awaited: readonly DocumentModel[], signal: AbortSignal) =>
    runUntil(run, {
      isDone,
      statuses: () => awaited.flatMap(({ name }) => statuses.get(name) ?? []),
      signal,
    });

  return {
    run,
    async once(signal) {
      await createStates(db, models);
      await checkLife();
      const { n } = await takePosition(db);
      await runToEnd(
        async () => {
          const states = await readStates(db);
          return models.every((model) => {
            const state = states.get(model.name);
            // Of another shape it may be done, but not by this loader; its worker says so.
            const isOwn = state?.shapeHash === shapeHash(model);
            return isOwn && state.rebuildStatus === "done" && state.complete >= n;
          });
        },
        models,
        signal,
      );
    },
    async rebuild(chosen, signal) {
      await createStates(db, models);
      await adoptShapes(db, chosen);
      await db.transaction((connection) => requestRebuild(connection, chosen));
      await runToEnd(
        async () => {
          const states = await readStates(db);
          const isDone = chosen.every((model) => states.get(model.name)?.rebuildStatus === "done");
          return isDone && !(await isRetryPending(db, chosen));
        },
        chosen,
        signal,
      );
    },
    status: () => [...statuses.values()],
  };
}

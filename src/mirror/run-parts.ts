import { setMaxListeners } from "node:events";
import { readModelsWithWork } from "../core/model-state.ts";
import { toReason } from "../core/rejected-documents.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import { checkIdentity } from "./guard/check-identity.ts";
import { runGuard } from "./guard/guard.ts";
import { createFastPath, type FastPath } from "./lanes/fast.ts";
import { runWorker } from "./lanes/worker.ts";
import type { LoaderOptions } from "./loader.ts";
import type { Resolved } from "./resolve/cycle.ts";
import { createExhausted, type Exhausted } from "./resolve/exhausted.ts";
import { runResolver } from "./resolve/resolve-loop.ts";
import { createSnapshotPool, type SnapshotPool } from "./snapshots.ts";
import type { StatusBoard } from "./status-board.ts";
import { runVerifier } from "./verify/run-verifier.ts";
import { createWakeUp, keepRunning, pause, type WakeUp } from "./wake-up.ts";

/** How often it is asked who has work to do. */
const WAKE_MS = 1000;

/** What the parts of one loader know of each other, as long as it lives. */
export interface Parts extends LoaderOptions {
  readonly board: StatusBoard;
  /** By model: raised when something was queued for it. */
  readonly wakeUps: ReadonlyMap<DocumentModel, WakeUp>;
  /** Up to which positions changes were handed on. */
  readonly exhausted: Exhausted;
  /** Collections that workers have prepared, by model. */
  readonly ready: Map<DocumentModel, string>;
  /** Where the verifier goes on: kept when a server is lost, else the end of a big model would never have its turn. */
  readonly verified: Map<string, DocumentId | null>;
  readonly fast: FastPath;
}

/** Parts of a loader that does not run yet. */
export function createParts(options: LoaderOptions, board: StatusBoard): Parts {
  const ready = new Map<DocumentModel, string>();
  return {
    ...options,
    board,
    wakeUps: new Map((options.served ?? options.models).map((model) => [model, createWakeUp()])),
    exhausted: createExhausted(),
    ready,
    verified: new Map(),
    fast: createFastPath({
      mongo: options.mongo,
      readyIn: (model) => ready.get(model),
      // Says nothing of the worker: not that it follows, not that it is well again.
      onEvent: (event) => options.onEvent?.(event),
    }),
  };
}

/** Lets all parts work until the signal is aborted; each begins again by itself when it fails. */
export async function runParts(parts: Parts, signal: AbortSignal): Promise<void> {
  const { db, models, served = models, board, verifyShare: share, verified: cursors } = parts;
  // Every loop listens to it; ten listeners are no leak.
  setMaxListeners(0, signal);
  const options = { ...parts, onEvent: board.onEvent };
  const verifying = { ...options, models: served, cursors, ...(share === undefined ? {} : { share }) };
  const keep = (scope: string, session: () => Promise<void>) =>
    keepRunning(session, signal, (error) => board.onEvent({ type: "failed", scope, error }));
  const snapshots = createSnapshotPool(db, pairsOf(parts.connections));
  await Promise.all([
    keep("guard", () => runGuard({ ...options, checkCapture: parts.checkCapture }, signal)),
    keep("verifier", () => runVerifier(verifying, signal)),
    keep("waker", () => runWaker(parts, signal)),
    keepResolving(parts, snapshots, signal),
    ...served.map((model) => keepFollowing(parts, snapshots, { model, signal })),
  ]).finally(snapshots.close);
}

/** Connections that a loader takes at most, unless told: two ranges of rebuilds, and two reads of changes beside them. */
export const loaderConnections = 14;

/** Beside the pair of the resolver, and four connections: the verifier's pair, and what takes one and gives it back. */
const pairsOf = (connections = loaderConnections): number => Math.max(1, Math.floor((connections - 6) / 2));

/** Wakes the workers of which somebody else has filled the queue, or asked for a rebuild. */
async function runWaker({ db, wakeUps }: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const waiting = await readModelsWithWork(db);
    for (const [model, wakeUp] of wakeUps) if (waiting.has(model.name)) wakeUp.raise();
    await pause(WAKE_MS, signal);
  }
}

/**
 * Whoever replaces the source by an older copy cuts its connections. So this check, before the first position on new ones,
 * comes before a busy loader can have passed the positions that show what happened.
 */
export async function checkLife({ db, mongo, models, board }: Parts): Promise<void> {
  const loss = await checkIdentity(db, mongo, models);
  if (loss) board.onEvent({ type: "failed", scope: "identity", error: new Error(loss.reason) });
}

function keepResolving(parts: Parts, snapshots: SnapshotPool, signal: AbortSignal): Promise<void> {
  const { board, exhausted } = parts;
  return keepRunning(
    async () => {
      await checkLife(parts);
      await runResolver({
        ...parts,
        ...{ snapshots, signal, onResolved: (resolved: Resolved) => passOn(parts, resolved) },
      });
    },
    signal,
    (error) => {
      // The source that comes back may be an older copy, whose positions begin below.
      exhausted.forget();
      board.onEvent({ type: "failed", scope: "resolver", error });
    },
  );
}

/** Tells the workers, and whoever listens, what the resolver did. */
function passOn({ models, wakeUps, board }: Parts, resolved: Resolved): void {
  for (const model of models) if ((resolved.queued.get(model.name) ?? 0) > 0) wakeUps.get(model)?.raise();
  for (const [model, error] of resolved.failed)
    board.onEvent({ type: "failed", scope: `what changes touch of ${model.name}`, error });
  const queued = [...resolved.queued.values()].reduce((sum, rows) => sum + rows, 0);
  board.onEvent({ type: "resolved", changes: resolved.changes, queued });
}

function keepFollowing(
  parts: Parts,
  snapshots: SnapshotPool,
  { model, signal }: { readonly model: DocumentModel; readonly signal: AbortSignal },
): Promise<void> {
  const { db, mongo, board, exhausted, ready } = parts;
  const worker = {
    db,
    mongo,
    model,
    snapshots,
    signal,
    // Every model has one.
    wakeUp: parts.wakeUps.get(model) ?? createWakeUp(),
    exhausted: () => exhausted.of(model),
    onEvent: board.onEvent,
    onReady(collection: string | undefined) {
      if (collection === undefined) ready.delete(model);
      else ready.set(model, collection);
    },
  };
  return keepRunning(
    async () => {
      await checkLife(parts);
      await runWorker(worker);
    },
    signal,
    (error) => {
      board.fail(model, toReason(error));
      board.onEvent({ type: "failed", scope: model.name, error });
    },
  );
}

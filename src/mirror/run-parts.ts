import { setMaxListeners } from "node:events";
import { toReason } from "../core/rejected-documents.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import { checkIdentity } from "./guard/check-identity.ts";
import { runGuard } from "./guard/guard.ts";
import { createFastPath, type FastPath } from "./lanes/fast.ts";
import { runWorker } from "./lanes/worker.ts";
import type { LoaderOptions } from "./loader.ts";
import type { Resolved } from "./resolve/cycle.ts";
import { runResolver } from "./resolve/resolve-loop.ts";
import type { StatusBoard } from "./status-board.ts";
import { runAuditor } from "./verify/audit.ts";
import { createWakeUp, keepRunning, type WakeUp } from "./wake-up.ts";

/** What the parts of one loader know of each other, as long as it lives. */
export interface Parts extends LoaderOptions {
  readonly board: StatusBoard;
  /** By model: raised when something was queued for it. */
  readonly wakeUps: ReadonlyMap<DocumentModel, WakeUp>;
  /** Position of the latest cycle of the resolver that left nothing in the log. */
  readonly exhausted: { position: bigint };
  /** Collections that workers have prepared, by model. */
  readonly ready: Map<DocumentModel, string>;
  /** Where the auditor goes on: kept when a server is lost, else the end of a big model would never have its turn. */
  readonly audited: Map<string, DocumentId | null>;
  readonly fast: FastPath;
}

/** Parts of a loader that does not run yet. */
export function createParts(options: LoaderOptions, board: StatusBoard): Parts {
  const ready = new Map<DocumentModel, string>();
  return {
    ...options,
    board,
    wakeUps: new Map(options.models.map((model) => [model, createWakeUp()])),
    exhausted: { position: 0n },
    ready,
    audited: new Map(),
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
  const { models, board, auditShare: share, audited: cursors } = parts;
  // Every loop listens to it; ten listeners are no leak.
  setMaxListeners(0, signal);
  const options = { ...parts, onEvent: board.onEvent };
  const audit = { ...options, cursors, ...(share === undefined ? {} : { share }) };
  const keep = (scope: string, session: () => Promise<void>) =>
    keepRunning(session, signal, (error) => board.onEvent({ type: "failed", scope, error }));
  await Promise.all([
    keep("guard", () => runGuard({ ...options, checkCapture: parts.checkCapture }, signal)),
    keep("auditor", () => runAuditor(audit, signal)),
    keepResolving(parts, signal),
    ...models.map((model) => keepFollowing(parts, model, signal)),
  ]);
}

/**
 * Whoever replaces the source by an older copy cuts its connections. So this check, before the first position on new ones,
 * comes before a busy loader can have passed the positions that show what happened.
 */
export async function checkLife({ db, mongo, models, board }: Parts): Promise<void> {
  const loss = await checkIdentity(db, mongo, models);
  if (loss) board.onEvent({ type: "failed", scope: "identity", error: new Error(loss.reason) });
}

function keepResolving(parts: Parts, signal: AbortSignal): Promise<void> {
  const { db, models, fast, board, exhausted } = parts;
  return keepRunning(
    async () => {
      await checkLife(parts);
      await runResolver({ db, models, fast, signal, onResolved: (resolved) => passOn(parts, resolved) });
    },
    signal,
    (error) => {
      // The source that comes back may be an older copy, whose positions begin below.
      exhausted.position = 0n;
      board.onEvent({ type: "failed", scope: "resolver", error });
    },
  );
}

/** Tells the workers, and whoever listens, what the resolver did. */
function passOn({ models, wakeUps, exhausted, board }: Parts, resolved: Resolved): void {
  if (resolved.isExhausted) exhausted.position = resolved.position;
  for (const model of models) if ((resolved.queued.get(model.name) ?? 0) > 0) wakeUps.get(model)?.raise();
  for (const [model, error] of resolved.failed)
    board.onEvent({ type: "failed", scope: `${model.name}_touched`, error });
  const queued = [...resolved.queued.values()].reduce((sum, rows) => sum + rows, 0);
  board.onEvent({ type: "resolved", changes: resolved.changes, queued });
}

function keepFollowing(parts: Parts, model: DocumentModel, signal: AbortSignal): Promise<void> {
  const { db, mongo, board, exhausted, ready } = parts;
  const worker = {
    db,
    mongo,
    model,
    signal,
    // Every model has one.
    wakeUp: parts.wakeUps.get(model) ?? createWakeUp(),
    exhausted: () => exhausted.position,
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

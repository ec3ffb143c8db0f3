import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { CubeRow } from "../stores/cube-store.ts";
import type { FeedWatch, MirrorFeed } from "../stores/mongodb/mirror-feed.ts";
import { CubeFollower } from "./cube-follower.ts";
import { type CubeUpdate, createLiveRows, type LookStamp } from "./live-rows.ts";
import { isFaultOfStore, isTimeout } from "./read-faults.ts";

/** The rows of a question, and where they were read. */
export interface Evaluation extends LookStamp {
  readonly rows: readonly CubeRow[];
  /** What they were made of: they may differ when one of these is written. */
  readonly read: readonly ReadModel[];
}

/** A model whose documents rows are made of. */
export interface ReadModel {
  readonly model: DocumentModel;
  /** Whether a document that was written may be one of them. */
  concerns(id: DocumentId): boolean;
}

export interface LiveQuestionOptions {
  /** The model that would answer now. @throws VitrineError MIRROR_UNAVAILABLE */
  readonly findAnswering: (signal: AbortSignal) => Promise<ReadModel>;
  /** Asks the mirror. */
  readonly evaluate: (signal: AbortSignal) => Promise<Evaluation>;
  /** Tells of what an evaluation showed, and whether it differs. */
  readonly onEvaluated: (outcome: "changed" | "unchanged" | "failed", seconds: number) => void;
  readonly feed: MirrorFeed;
  /** Waits until an evaluation may run. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** It cannot be answered; not told again before it could. */
  readonly onFailure: (error: unknown) => void;
  /** Nobody follows it any more. */
  readonly onIdle: () => void;
}

/** From the begin of an evaluation to that of the next one, at least. */
const EVERY_MS = 1000;
/** What one commit changes is written in several goes: an evaluation waits a moment, and shows them all. */
const SETTLE_MS = 50;
/** How old an evaluation may be that newcomers are told. */
const MAX_AGE_MS = 10_000;

/**
 * A question that is followed. It is evaluated when a model that its rows are made of was written, at most
 * once a second, and never for more than half of the time; everybody who follows it is told what differs from what they know.
 */
export function createLiveQuestion(options: LiveQuestionOptions) {
  const rows = createLiveRows();
  const followers = new Set<CubeFollower>();
  const stopped = new AbortController();
  const { signal } = stopped;
  // Every read of every evaluation listens, and stops listening when it ends.
  setMaxListeners(0, signal);
  const watched = new Map<string, { readonly watch: FeedWatch; isOpen: boolean }>();
  let isDirty = true;
  let isFailing = false;
  let isEvaluating = false;
  /** The models of the last evaluation. */
  let read: readonly string[] = [];
  let evaluatedAt = Number.NEGATIVE_INFINITY;
  let mayStartAt = 0;
  let wake: (() => void) | undefined;

  const watchOnly = (models: readonly ReadModel[]) => {
    for (const [name, { watch }] of watched)
      if (!models.some(({ model }) => model.name === name)) {
        watched.delete(name);
        void watch.stop();
      }
    for (const { model, concerns } of models) {
      if (watched.has(model.name)) continue;
      const watch = options.feed.watch(model, (id) => {
        if (watched.get(model.name) !== entry) return;
        // Null: some changes may have been missed, also those before it follows at all.
        if (id === null) entry.isOpen = true;
        else if (!concerns(id)) return;
        isDirty = true;
        wake?.();
      });
      const entry = { watch, isOpen: false };
      watched.set(model.name, entry);
    }
  };
  const isOpen = () => watched.size > 0 && [...watched.values()].every((one) => one.isOpen);

  /** Until something happens, or for so long. */
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const fail = (error: unknown) => {
    if (signal.aborted) return;
    if (!isFailing) options.onFailure(error);
    isFailing = true;
    const isOver = !isFaultOfStore(error) && !isTimeout(error);
    // Those who have seen nothing yet learn why; the others go on when the mirror is back, if that can help.
    for (const follower of [...followers]) if (isOver || follower.told === 0) follower.fail(error);
  };
  /** Looks whether another model answers by now, as when a roll-up lacks a group: nothing is written then. */
  const look = async () => {
    try {
      const found = await options.findAnswering(signal);
      if (signal.aborted) return;
      if (read.includes(found.model.name)) isDirty ||= isFailing;
      else {
        isDirty = true;
        watchOnly([found]);
      }
    } catch (error) {
      isDirty = true;
      fail(error);
    }
  };
  const evaluate = async () => {
    const startedAt = performance.now();
    const tell = (outcome: "changed" | "unchanged" | "failed") =>
      options.onEvaluated(outcome, (performance.now() - startedAt) / 1000);
    // Before it is read: what is written from now on makes it dirty again.
    isDirty = false;
    isEvaluating = true;
    try {
      const found = await options.evaluate(signal);
      if (signal.aborted) return;
      watchOnly(found.read);
      read = found.read.map(({ model }) => model.name);
      isFailing = false;
      evaluatedAt = startedAt;
      const oldest = Math.min(...[...followers].map(({ told }) => told));
      tell(rows.take(found.rows, found, oldest) ? "changed" : "unchanged");
      for (const follower of followers) follower.look();
    } catch (error) {
      isDirty = true;
      tell("failed");
      fail(error);
    } finally {
      isEvaluating = false;
      mayStartAt = startedAt + Math.max(EVERY_MS, 2 * (performance.now() - startedAt));
    }
  };
  const run = async () => {
    await look();
    while (!signal.aborted) {
      if (!isDirty || !isOpen()) {
        await pause(EVERY_MS);
        if (!signal.aborted && (!isDirty || !isOpen())) await look();
        continue;
      }
      await wait(Math.max(SETTLE_MS, mayStartAt - performance.now()), undefined, { signal }).catch(
        () => undefined,
      );
      await options.inTurn(async () => {
        if (!signal.aborted) await evaluate();
      });
    }
  };
  let isRunning = false;
  const stop = () => {
    stopped.abort();
    watchOnly([]);
    wake?.();
  };

  return {
    /** First all rows as they are, then what changes. */
    follow(): AsyncIterableIterator<CubeUpdate> {
      const isHeld = performance.now() - evaluatedAt > MAX_AGE_MS;
      const follower = new CubeFollower(rows, isHeld, () => {
        followers.delete(follower);
        if (followers.size > 0) return;
        stop();
        options.onIdle();
      });
      followers.add(follower);
      // One that is under way is young enough.
      if (isHeld && !isEvaluating) {
        isDirty = true;
        wake?.();
      }
      if (!isRunning) void run();
      isRunning = true;
      return follower;
    },
    /** Ends it for all who follow it, telling them why. */
    end(why: Error) {
      for (const follower of followers) follower.fail(why);
      stop();
    },
    /** How many follow it. */
    get size() {
      return followers.size;
    },
  };
}

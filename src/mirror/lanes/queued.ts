import { readOwnState, toRoute } from "../../core/model-state.ts";
import { hasPending } from "../../core/pending-queue.ts";
import { readPosition } from "../../core/position.ts";
import { finishRebuild, type Rebuild, takeRebuild } from "../../core/rebuild.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { findOlder } from "../../stores/mongodb/mirror-range.ts";
import { publishRoute } from "../../stores/mongodb/mirror-routes.ts";
import { prepareCollection } from "../../stores/mongodb/mirror-schema.ts";
import type { MongoDb } from "../../stores/mongodb/mongodb.ts";
import { applyBatch, type Batch } from "../apply/apply-batch.ts";
import { createBatchReader } from "../apply/batch-reader.ts";
import { readDuration } from "../duration.ts";
import type { OnLoaderEvent } from "../events.ts";
import { type Snapshots, withSnapshots } from "../snapshots.ts";
import type { WakeUp } from "../wake-up.ts";
import { isBeyondRebuild, turnIntoRebuild } from "./backlog.ts";
import { dropLeftOvers } from "./drop-left-overs.ts";

/** Ranges of a rebuild that are written side by side while the next one is read. */
const RANGES = 2;
/** The queue and the rebuild are looked at this often, whoever wrote to them. */
const SWEEP_MS = 1000;

export interface WorkerOptions {
  readonly db: MariaDb;
  readonly mongo: MongoDb;
  readonly model: DocumentModel;
  readonly wakeUp: WakeUp;
  /** Position of the latest cycle of the resolver that left nothing in the log. */
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
  const { db, mongo, model, wakeUp, signal } = options;
  const pace = model.every === undefined ? 0 : readDuration(model.every);
  await withSnapshots(db, async (snapshots) => {
    // First, because it refuses a model of another shape, whose collection must stay as it is.
    const first = await takeRebuild(db, model);
    const state = await readOwnState(db, model);
    const { collection } = state;
    await prepareCollection(mongo, model, collection);
    await dropLeftOvers(mongo, state);
    await announce(options);
    const reader = createBatchReader(model, options.exhausted, collection);
    const flights: Promise<void>[] = [];
    // Of the last one, and so of all: they are acknowledged in order.
    let landing: Promise<void> = Promise.resolve();
    let rebuild = first;
    // The rebuild, by its beginning, that found its documents in the mirror.
    let foundIn: bigint | undefined;
    // What this process put aside, a snapshot that is older than that does not show.
    let hasDead = false;
    // By the clock that nobody can set: one set back would put off the next look by as much.
    let sweptAt = Number.NEGATIVE_INFINITY;
    let nextChangesAt = 0;
    let hasChanges = true;
    const write = async (batch: Batch, before: Promise<void>) => {
      const started = performance.now();
      const inserts = batch.range !== null && batch.range.rebuild.from !== foundIn;
      const { outcome, dead, isCurrent } = await applyBatch(db, mongo, model, batch, {
        before,
        inserts,
        hasDead: () => hasDead,
      });
      if (dead.size > 0) hasDead = true;
      // What is there makes an insert a waste: the rest of this rebuild replaces at once.
      if (batch.range && (outcome.found ?? 0) * 2 > batch.entries.length) foundIn = batch.range.rebuild.from;
      if (!isCurrent) rebuild = undefined;
      options.onEvent({
        type: "applied",
        model: model.name,
        kind: batch.range ? "rebuild" : "changes",
        position: batch.position.n,
        written: outcome.written,
        skipped: outcome.skipped,
        dead: dead.size,
        ms: Math.round(performance.now() - started),
      });
    };
    options.onReady(collection);
    try {
      while (!signal.aborted) {
        if (performance.now() - sweptAt >= SWEEP_MS) {
          sweptAt = performance.now();
          if (!rebuild) rebuild = await takeRebuild(db, model);
          hasChanges ||= await hasPending(db, model);
          if (hasChanges && !rebuild && (await isBeyondRebuild(db, mongo, model, collection))) {
            await landing;
            const rows = await turnIntoRebuild(db, snapshots, model);
            options.onEvent({ type: "forgotten", model: model.name, rows });
            rebuild = await takeRebuild(db, model);
          }
        }
        hasChanges = wakeUp.take() || hasChanges;
        const isDue = hasChanges && performance.now() >= nextChangesAt;
        if (!isDue && !rebuild) {
          await landing;
          const rest = hasChanges
            ? nextChangesAt - performance.now()
            : SWEEP_MS - (performance.now() - sweptAt);
          await wakeUp.wait(Math.max(1, rest), signal);
          continue;
        }
        const next = await reader.read(snapshots, { changes: isDue, rebuild: rebuild ?? null });
        // One batch of changes at a time: two would meet in the record of their position, and one be aborted.
        const most = next.batch?.range ? RANGES : 1;
        while (flights.length >= most) await flights.shift();
        if (isDue) {
          hasChanges = next.hasMore;
          const isRead = (next.batch?.pendingIds.length ?? 0) > 0;
          if (isRead && !next.hasMore) nextChangesAt = performance.now() + pace;
        }
        const batch = next.batch;
        if (batch) {
          const isStale = batch.range && rebuild?.from !== batch.range.rebuild.from;
          if (isStale) continue;
          landing = write(batch, landing).finally(() => reader.landed(batch));
          // Awaited later; a failure must not count as unhandled meanwhile.
          landing.catch(() => undefined);
          flights.push(landing);
        } else if (next.isRangeEnd && rebuild) {
          await landing;
          const finished = rebuild;
          rebuild = undefined;
          // One of them may have found that another rebuild is under way.
          if (!finished) continue;
          await removeOrphans(options, snapshots, finished, collection);
          if (await finishRebuild(db, model, finished)) {
            options.onEvent({ type: "rebuilt", model: model.name });
            await announce(options);
          }
        }
      }
    } finally {
      options.onReady(undefined);
      await Promise.allSettled(flights);
    }
  });
}

/** Says in the mirror where the model is, for those who do not ask MariaDB. */
async function announce({ db, mongo, model }: WorkerOptions): Promise<void> {
  // Before the state: what is said at a later position is then never older.
  const position = await readPosition(db);
  await publishRoute(mongo, model, position, toRoute(await readOwnState(db, model)));
}

/** Turns documents older than the rebuild, which the view lacks, into tombstones. */
async function removeOrphans(
  { db, mongo, model, onEvent }: WorkerOptions,
  snapshots: Snapshots,
  rebuild: Rebuild,
  collection: string,
): Promise<void> {
  const reader = createBatchReader(model, () => 0n, collection);
  let after: string | null = null;
  for (;;) {
    const from = rebuild.from + 1n;
    const ids: readonly string[] = await findOlder(mongo, model, from, after, model.batch, collection);
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    const started = performance.now();
    const batch = await reader.readThese(snapshots, ids);
    const { outcome, dead } = await applyBatch(db, mongo, model, batch);
    onEvent({
      type: "applied",
      model: model.name,
      kind: "rebuild",
      position: batch.position.n,
      written: outcome.written,
      skipped: outcome.skipped,
      dead: dead.size,
      ms: Math.round(performance.now() - started),
    });
  }
}

import type { Rebuild } from "../../core/rebuild.ts";
import { type Applied, applyBatch, type Batch } from "../apply/apply-batch.ts";
import { chooseWay, type Way } from "../apply/choose-way.ts";
import type { WorkerOptions } from "./worker.ts";

/** Batches of one model that are being written side by side, and acknowledged in the order in which they were read. */
export interface Landings {
  /** Waits until fewer than `most` are under way. @throws what kept an earlier one from landing */
  makeRoom(most: number): Promise<void>;
  start(batch: Batch): void;
  /** Waits until all have landed. @throws what kept one from landing */
  landed(): Promise<void>;
  /** Whether a batch of this rebuild found that another one is under way, or none. */
  isOver(rebuild: Rebuild): boolean;
  /** Waits until nothing is under way, however it ended. */
  drain(): Promise<void>;
}

/** `onLanded` is told of each batch when it is acknowledged, or has failed. */
export function createLandings(options: WorkerOptions, onLanded: (batch: Batch) => void): Landings {
  const flights: Promise<void>[] = [];
  // Of the last one, and so of all: they are acknowledged in order.
  let landing: Promise<void> = Promise.resolve();
  let overFrom: bigint | undefined;
  // How the rebuild that began there writes.
  let course: { readonly from: bigint | undefined; readonly way: Way } = { from: undefined, way: "replace" };
  // What this process rejected, a snapshot that is older than that does not show.
  let hasRejected = false;

  const land = async (batch: Batch, before: Promise<void>) => {
    const started = performance.now();
    const from = batch.range?.rebuild.from;
    if (from !== undefined && from !== course.from) course = { from, way: "insert" };
    const way = from === undefined ? "replace" : course.way;
    const applied = await applyBatch(options, batch, {
      before,
      way,
      hasRejected: () => hasRejected,
    });
    if (applied.rejected.size > 0) hasRejected = true;
    // Of several that were under way the first one decides.
    if (from !== undefined && from === course.from && way === course.way)
      course = { from, way: chooseWay(way, applied.outcome, batch.entries.length) };
    if (!applied.isCurrent) overFrom = from;
    const kind = from === undefined ? "changes" : "rebuild";
    reportApplied(options, batch, applied, { kind, started });
  };

  return {
    async makeRoom(most) {
      while (flights.length >= most) await flights.shift();
    },
    start(batch) {
      landing = land(batch, landing).finally(() => onLanded(batch));
      // Awaited later; a failure must not count as unhandled meanwhile.
      landing.catch(() => undefined);
      flights.push(landing);
    },
    landed: () => landing,
    isOver: (rebuild) => rebuild.from === overFrom,
    async drain() {
      await Promise.allSettled(flights);
    },
  };
}

/** Tells what became of a batch; `started` is when its writing began. */
export function reportApplied(
  { model, onEvent }: Pick<WorkerOptions, "model" | "onEvent">,
  batch: Batch,
  { outcome, rejected }: Applied,
  { kind, started }: { readonly kind: "changes" | "rebuild"; readonly started: number },
): void {
  const ms = Math.round(performance.now() - started);
  const { written, skipped } = outcome;
  const counts = { written, skipped, rejected: rejected.size, ms };
  onEvent({ type: "applied", model: model.name, kind, position: batch.position.n, ...counts });
}

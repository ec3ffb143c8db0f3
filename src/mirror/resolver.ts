import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { markComplete, type Resolved, readHint, resolveChanges } from "./resolve.ts";
import { withSnapshots } from "./snapshots.ts";
import { pause } from "./wake-up.ts";

/** Changes taken in one cycle. */
const CYCLE = 1000;
/** More rows than this in the queues from one cycle: take fewer changes in the next, so that memory stays flat. */
const TOUCHED_ROWS = 20_000;
/** Pauses when there is nothing to do: 5 ms, doubling. */
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;
/** The log is read from its first row at least this often: a change may commit long after its id was given. */
const SWEEP_MS = 1000;
/** Head scan that is worth skipping. */
const SLOW_HEAD_MS = 20;

/** The loop that empties the log into the queues. Throws when MariaDB is lost; run it again then. */
export async function runResolver(options: {
  readonly db: MariaDb;
  readonly models: readonly DocumentModel[];
  readonly signal: AbortSignal;
  readonly onResolved: (resolved: Resolved) => void;
}): Promise<void> {
  const { db, models, signal, onResolved } = options;
  await withSnapshots(db, async (snapshots) => {
    let limit = CYCLE;
    let delay = SHORTEST_PAUSE_MS;
    let exhaustedAt = 0n;
    let marked = 0n;
    let markedAt = 0;
    let sweptAt = 0;
    let isHeadSlow = false;
    let hint = "0";
    while (!signal.aborted) {
      const now = performance.now();
      const isSweep = !isHeadSlow || now - sweptAt >= SWEEP_MS;
      const after = isSweep ? "0" : hint;
      const { hasChanges, wanted, complete } = await readHint(db, models, after);
      if (isSweep) {
        sweptAt = now;
        isHeadSlow = performance.now() - now > SLOW_HEAD_MS;
      }
      const isAwaited = complete !== null && complete < wanted;
      let isBehind = false;
      if (hasChanges || wanted > exhaustedAt) {
        const resolved = await resolveChanges(db, snapshots, models, { after, limit });
        hint = resolved.lastId;
        if (resolved.isExhausted) exhaustedAt = resolved.position;
        const rows = [...resolved.touched.values()].reduce((sum, count) => sum + count, 0);
        limit = rows > TOUCHED_ROWS ? Math.max(1, Math.floor(limit / 4)) : Math.min(CYCLE, limit * 2);
        onResolved(resolved);
        isBehind = resolved.changes > 0 && !resolved.isExhausted;
        delay = SHORTEST_PAUSE_MS;
      }
      // A queue that is empty now has left nothing of what was in the log at `exhaustedAt`.
      if (isAwaited || (exhaustedAt > marked && now - markedAt >= SWEEP_MS)) {
        await markComplete(db, exhaustedAt);
        marked = exhaustedAt;
        markedAt = now;
      }
      if (isBehind) continue;
      await pause(delay, signal);
      delay = isAwaited ? SHORTEST_PAUSE_MS : Math.min(delay * 2, LONGEST_PAUSE_MS);
    }
  });
}

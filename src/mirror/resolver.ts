import type { DocumentModel } from "../models/model.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import type { FastPath } from "./fast-path.ts";
import { type Cycle, landCycle, markComplete, type Resolved, readCycle, readHint } from "./resolve.ts";
import { withSnapshots } from "./snapshots.ts";
import { pause } from "./wake-up.ts";

/** Changes taken in one cycle. */
const CYCLE = 1000;
/** More rows than this in the queues from one cycle: take fewer changes in the next, so that memory stays flat. */
const TOUCHED_ROWS = 20_000;
/** Cycles whose documents and acknowledgements are being written while the next one is read. */
const FLIGHTS = 2;
/** Pauses when there is nothing to do: 2 ms, doubling. A look costs 0.3 ms. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
/** The log is read from its first row at least this often: a change may commit long after its id was given. */
const SWEEP_MS = 1000;
/** Head scan that is worth skipping. */
const SLOW_HEAD_MS = 20;

/** The loop that empties the log. Throws when MariaDB is lost; run it again then. */
export async function runResolver(options: {
  readonly db: MariaDb;
  readonly models: readonly DocumentModel[];
  readonly fast: FastPath;
  readonly signal: AbortSignal;
  /** Called in the order of positions, when everything before it has landed. */
  readonly onResolved: (resolved: Resolved) => void;
}): Promise<void> {
  const { db, models, fast, signal, onResolved } = options;
  const flights = createFlights(db, fast);
  const { inFlight } = flights;
  await withSnapshots(db, async (snapshots) => {
    let limit = CYCLE;
    let delay = SHORTEST_PAUSE_MS;
    let exhaustedAt = 0n;
    let readAt = 0n;
    let marked = 0n;
    let markedAt = 0;
    let sweptAt = 0;
    let isHeadSlow = false;
    let hint = "0";
    const onLanded = (resolved: Resolved) => {
      if (resolved.isExhausted) exhaustedAt = resolved.position;
      const rows = [...resolved.queued.values()].reduce((sum, count) => sum + count, 0);
      limit = rows > TOUCHED_ROWS ? Math.max(1, Math.floor(limit / 4)) : Math.min(CYCLE, limit * 2);
      onResolved(resolved);
    };
    try {
      while (!signal.aborted) {
        const now = performance.now();
        const isSweep = !isHeadSlow || now - sweptAt >= SWEEP_MS;
        const after = isSweep ? "0" : hint;
        const { hasChanges, wanted, complete } = await readHint(db, models, { after, inFlight });
        if (isSweep) {
          sweptAt = now;
          isHeadSlow = performance.now() - now > SLOW_HEAD_MS;
        }
        const isAwaited = complete !== null && complete < wanted;
        let isMarked = false;
        if (hasChanges || wanted > readAt) {
          const cycle = await readCycle(snapshots, models, { after, limit, inFlight, fast });
          if (cycle.isExhausted) readAt = cycle.position;
          hint = cycle.changeIds.at(-1) ?? after;
          await flights.start(cycle, onLanded);
          delay = SHORTEST_PAUSE_MS;
          if (cycle.isFull) {
            await flights.end();
            continue;
          }
        }
        // A queue that is empty now has left nothing of what was in the log at `exhaustedAt`.
        if (isAwaited || (exhaustedAt > marked && now - markedAt >= SWEEP_MS)) {
          isMarked = (await markComplete(db, exhaustedAt)) > 0;
          marked = exhaustedAt;
          markedAt = now;
        }
        await pause(delay, signal);
        flights.check();
        // Whoever waits for a model that is slow, or cannot be mirrored, is not helped by looking faster.
        delay = isAwaited && isMarked ? SHORTEST_PAUSE_MS : Math.min(delay * 2, LONGEST_PAUSE_MS);
      }
      await flights.end();
    } finally {
      await flights.settle();
      await fast.settle();
    }
  });
}

/** Cycles that were read and are being landed. */
interface Flights {
  /** Ids of their changes. */
  readonly inFlight: ReadonlySet<string>;
  /** Lets a cycle start once there is room. @throws what kept an earlier one from landing */
  start(cycle: Cycle, onLanded: (resolved: Resolved) => void): Promise<void>;
  /** Waits for all. @throws what kept one from landing */
  end(): Promise<void>;
  /** @throws what kept one from landing */
  check(): void;
  /** Waits until nothing is under way, however it ended. */
  settle(): Promise<void>;
}

function createFlights(db: MariaDb, fast: FastPath): Flights {
  const inFlight = new Set<string>();
  const flights: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  let last: Promise<void> = Promise.resolve();
  const check = () => {
    if (failure) throw failure.error;
  };
  const land = async (cycle: Cycle, before: Promise<void>, onLanded: (resolved: Resolved) => void) => {
    try {
      const resolved = await landCycle(db, cycle, fast);
      // Only then: what is said of a position is true of all before it.
      await before;
      for (const id of cycle.changeIds) inFlight.delete(id);
      onLanded(failure ? { ...resolved, isExhausted: false } : resolved);
    } catch (error) {
      failure ??= { error };
    }
  };
  return {
    inFlight,
    async start(cycle, onLanded) {
      if (flights.length >= FLIGHTS) await flights.shift();
      check();
      for (const id of cycle.changeIds) inFlight.add(id);
      last = land(cycle, last, onLanded);
      flights.push(last);
    },
    async end() {
      await Promise.all(flights.splice(0));
      check();
    },
    check,
    async settle() {
      await Promise.all(flights.splice(0));
    },
  };
}

import { markComplete } from "../../core/acknowledge.ts";
import { readHint } from "../../core/hint.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { queueBigChange } from "../lanes/big.ts";
import type { FastPath } from "../lanes/fast.ts";
import { withSnapshots } from "../snapshots.ts";
import { pause } from "../wake-up.ts";
import { type Cycle, landCycle, type Resolved, readCycle } from "./cycle.ts";

/** Changes taken in one cycle. */
const CYCLE = 1000;
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
  const flights = createFlights(db, models, fast);
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
            // As many as fitted, or more: changes that touch very much seldom come alone.
            limit = Math.min(CYCLE, cycle.changeIds.length * 2);
            if (!cycle.big) await flights.end();
            continue;
          }
          limit = CYCLE;
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
      await flights.settle();
      flights.check();
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
  /**
   * Lets a cycle start once there is room. A big change has a place of its own: while it is queued the small ones go on.
   * @throws what kept an earlier one from landing
   */
  start(cycle: Cycle, onLanded: (resolved: Resolved) => void): Promise<void>;
  /** Waits for all but a big change. @throws what kept one from landing */
  end(): Promise<void>;
  /** @throws what kept one from landing */
  check(): void;
  /** Waits until nothing is under way, however it ended. */
  settle(): Promise<void>;
}

function createFlights(db: MariaDb, models: readonly DocumentModel[], fast: FastPath): Flights {
  const inFlight = new Set<string>();
  const flights: Promise<void>[] = [];
  let big: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  /** Everything that has started is told of. */
  let told: Promise<void> = Promise.resolve();
  const check = () => {
    if (failure) throw failure.error;
  };
  const land = async (cycle: Cycle): Promise<Resolved | undefined> => {
    try {
      const resolved = cycle.big
        ? await queueBigChange(db, models, cycle.big)
        : await landCycle(db, cycle, fast);
      for (const id of cycle.changeIds) inFlight.delete(id);
      return resolved;
    } catch (error) {
      failure ??= { error };
      return undefined;
    }
  };
  const launch = (cycle: Cycle, onLanded: (resolved: Resolved) => void): Promise<void> => {
    for (const id of cycle.changeIds) inFlight.add(id);
    const landing = land(cycle);
    const before = told;
    told = (async () => {
      const resolved = await landing;
      // Only then: what is said of a position is true of all before it.
      await before;
      if (resolved) onLanded(failure ? { ...resolved, isExhausted: false } : resolved);
    })();
    return landing.then(() => undefined);
  };
  return {
    inFlight,
    async start(cycle, onLanded) {
      if (cycle.big) {
        await big;
        check();
        big = launch(cycle, onLanded);
        return;
      }
      if (flights.length >= FLIGHTS) await flights.shift();
      check();
      flights.push(launch(cycle, onLanded));
    },
    async end() {
      await Promise.all(flights.splice(0));
      check();
    },
    check,
    async settle() {
      await Promise.all([...flights.splice(0), big, told]);
    },
  };
}

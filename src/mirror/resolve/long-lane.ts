import { readChangeTables } from "../../core/change-tables.ts";
import type { Snapshots } from "../snapshots.ts";
import { createWakeUp } from "../wake-up.ts";
import { readLongCycle } from "./cycle.ts";
import { type CycleLandings, createLane, type Lane } from "./cycle-landings.ts";
import type { ResolverOptions } from "./resolve-loop.ts";
import { CYCLE, growCycle } from "./resolve-steps.ts";

/**
 * The tables that have too much to do for the cycles that all others share: an import's, or those with a change that
 * touches very much. They are worked off beside those, each in turn, and then go back.
 */
export interface LongLane {
  /** Takes a captured table out of the shared cycles. */
  add(source: string): void;
  has(source: string): boolean;
  /** Works until the signal is aborted. @throws when MariaDB is lost */
  run(): Promise<void>;
}

export interface LongLaneOptions extends ResolverOptions {
  readonly landings: CycleLandings;
  /** Told what kept a big change from landing. */
  readonly fail: (error: unknown) => void;
}

/** Without a wake-up the lane looks for work after so long. */
const REST_MS = 60_000;

/** A lane that holds nothing yet. */
export function createLongLane(options: LongLaneOptions): LongLane {
  const { signal } = options;
  /** Captured tables, the one whose turn is next first, with what their next cycle takes. */
  const waiting = new Map<string, number>();
  const wakeUp = createWakeUp();
  const lane = { ...createLane(), big: Promise.resolve() };
  return {
    add(source) {
      waiting.set(source, CYCLE);
      wakeUp.raise();
    },
    has: (source) => waiting.has(source),
    async run() {
      while (!signal.aborted) {
        wakeUp.take();
        const [next] = waiting;
        if (!next) {
          await wakeUp.wait(REST_MS, signal);
          continue;
        }
        const left = await takeCycle(options, lane, next);
        waiting.delete(next[0]);
        if (left !== null) waiting.set(next[0], left);
      }
      await lane.big;
    },
  };
}

/** Reads one cycle of a table and lets it land; what the next one is to take, null when it was the last. */
async function takeCycle(
  { db, models, snapshots, landings, fail }: LongLaneOptions,
  lane: Lane & { big: Promise<void> },
  [source, limit]: readonly [string, number],
): Promise<number | null> {
  const table = (await readChangeTables(db)).find((one) => one.source === source);
  if (!table) return null;
  const options = { limit, inFlight: landings.inFlight };
  let ms = 0;
  const read = async (one: Snapshots) => {
    const started = performance.now();
    const found = await readLongCycle(one, models, table, options);
    ms = performance.now() - started;
    return found;
  };
  const cycle = await snapshots.use(read, { leaves: 1 });
  if (cycle.big) {
    // It has a place of its own: while it is queued the small ones go on.
    await lane.big;
    lane.big = landings.land(cycle, createLane()).catch(fail);
  } else await landings.land(cycle, lane);
  // As many as fitted, or more: changes that touch very much seldom come alone.
  const taken = Math.max(1, cycle.changes.length);
  return cycle.long.has(source) ? growCycle(taken, { rows: cycle.rows, ms }) : null;
}

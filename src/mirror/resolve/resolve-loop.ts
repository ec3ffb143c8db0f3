import { markComplete } from "../../core/acknowledge.ts";
import { readHint } from "../../core/hint.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import type { FastPath } from "../lanes/fast.ts";
import { type Snapshots, withSnapshots } from "../snapshots.ts";
import { pause } from "../wake-up.ts";
import { type Resolved, readCycle } from "./cycle.ts";
import { type CycleLandings, createCycleLandings } from "./cycle-landings.ts";
import {
  afterCycle,
  afterPause,
  afterSweep,
  choosePoll,
  firstState,
  isAwaited,
  isCycleDue,
  isMarkDue,
  type ResolveState,
} from "./resolve-steps.ts";

export interface ResolverOptions {
  readonly db: MariaDb;
  readonly models: readonly DocumentModel[];
  readonly fast: FastPath;
  readonly signal: AbortSignal;
  /** Called in the order of positions, when everything before it has landed. */
  readonly onResolved: (resolved: Resolved) => void;
}

/** The loop that empties the log. Throws when MariaDB is lost; run it again then. */
export async function runResolver(options: ResolverOptions): Promise<void> {
  const { db, fast, signal } = options;
  const landings = createCycleLandings(options);
  await withSnapshots(db, async (snapshots) => {
    let state = firstState;
    try {
      while (!signal.aborted) state = await poll(options, snapshots, landings, state);
      await landings.drain();
      landings.check();
    } finally {
      await landings.drain();
      await fast.drain();
    }
  });
}

/** Polls the log, reads a cycle when there is one, and pauses, unless more is known to be there. */
async function poll(
  { db, models, fast, signal }: ResolverOptions,
  snapshots: Snapshots,
  landings: CycleLandings,
  before: ResolveState,
): Promise<ResolveState> {
  const { inFlight } = landings;
  const now = performance.now();
  const { after, isSweep } = choosePoll(before, now);
  const hint = await readHint(db, models, { after, inFlight });
  let state = isSweep ? afterSweep(before, now, performance.now() - now) : before;
  if (isCycleDue(state, hint)) {
    const cycle = await readCycle(snapshots, models, { after, limit: state.limit, inFlight, fast });
    state = afterCycle(state, after, cycle);
    await landings.start(cycle);
    if (cycle.isFull) {
      if (!cycle.big) await landings.landed();
      return state;
    }
  }
  const awaited = isAwaited(hint);
  const exhaustedAt = landings.exhaustedAt();
  let isMarked = false;
  // A queue that is empty now has left nothing of what was in the log at that position.
  if (isMarkDue(state, { awaited, exhaustedAt }, now)) {
    isMarked = (await markComplete(db, exhaustedAt)) > 0;
    state = { ...state, marked: exhaustedAt, markedAt: now };
  }
  await pause(state.pauseMs, signal);
  landings.check();
  return afterPause(state, awaited && isMarked);
}

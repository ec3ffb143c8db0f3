import type { Rebuild } from "../../core/rebuild.ts";
import type { Leaves } from "../snapshots.ts";

/** A worker that is awake asks for the queue and the rebuild no more often. */
const SWEEP_MS = 1000;
/** One that nobody wakes asks after so long. */
const REST_MS = 30_000;
/** A read that took longer is likely to take as long again. */
const LONG_READ_MS = 100;

/** What a worker knows of its model between two steps. Times are of the clock that nobody can set. */
export interface WorkerState {
  readonly rebuild: Rebuild | undefined;
  readonly hasChanges: boolean;
  readonly sweptAt: number;
  /** A paced model's queue is not read before. */
  readonly nextChangesAt: number;
  /** How long the last read took, without the wait for its turn: who waited for others is not slow. */
  readonly readMs: number;
}

/** Before the first step. */
export const firstState: WorkerState = {
  rebuild: undefined,
  hasChanges: true,
  sweptAt: Number.NEGATIVE_INFINITY,
  nextChangesAt: 0,
  readMs: 0,
};

/**
 * What the next read leaves to others, as far as is known. A paced model's takes long: that is why it is paced. A model that
 * was slow once, as all are when a neighbour's rebuild begins, is not to wait for the ranges of that one.
 */
export function chooseLeaves({ rebuild, readMs }: WorkerState, isPaced: boolean): Leaves {
  if (rebuild !== undefined) return 2;
  return isPaced || readMs > LONG_READ_MS ? 1 : 0;
}

/** `sweep`: ask what there is; `rest`: nothing to do; `read`: the next batch, and whether of changes too. */
export type WorkerStep =
  | { readonly do: "sweep" | "rest" }
  | { readonly do: "read"; readonly changes: boolean };

/** What to do at this moment. */
export function chooseStep(state: WorkerState, now: number): WorkerStep {
  const isAwake = state.hasChanges || state.rebuild !== undefined;
  if (now - state.sweptAt >= (isAwake ? SWEEP_MS : REST_MS)) return { do: "sweep" };
  const changes = state.hasChanges && now >= state.nextChangesAt;
  return changes || state.rebuild ? { do: "read", changes } : { do: "rest" };
}

/** How long there is nothing to do, unless the worker is woken: 1 ms or more. */
export const restMs = (state: WorkerState, now: number): number =>
  Math.max(1, state.hasChanges ? state.nextChangesAt - now : REST_MS - (now - state.sweptAt));

/**
 * The state after changes were read: `hasMore` in the queue, `isEmpty` when there were none. The pace, in milliseconds,
 * counts from the read that left nothing.
 */
export function afterChanges(
  state: WorkerState,
  { hasMore, isEmpty }: { readonly hasMore: boolean; readonly isEmpty: boolean },
  now: number,
  pace: number,
): WorkerState {
  const isWorkedOff = !isEmpty && !hasMore;
  return {
    ...state,
    hasChanges: hasMore,
    nextChangesAt: isWorkedOff ? now + pace : state.nextChangesAt,
  };
}

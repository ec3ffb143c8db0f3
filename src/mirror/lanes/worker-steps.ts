import type { Rebuild } from "../../core/rebuild.ts";

/** The queue and the rebuild are asked for this often, whoever wrote to them. */
const SWEEP_MS = 1000;

/** What a worker knows of its model between two steps. Times are of the clock that nobody can set. */
export interface WorkerState {
  readonly rebuild: Rebuild | undefined;
  readonly hasChanges: boolean;
  readonly sweptAt: number;
  /** A paced model's queue is not read before. */
  readonly nextChangesAt: number;
}

/** `sweep`: ask what there is; `rest`: nothing to do; `read`: the next batch, and whether of changes too. */
export type WorkerStep =
  | { readonly do: "sweep" | "rest" }
  | { readonly do: "read"; readonly changes: boolean };

/** What to do at this moment. */
export function chooseStep(state: WorkerState, now: number): WorkerStep {
  if (now - state.sweptAt >= SWEEP_MS) return { do: "sweep" };
  const changes = state.hasChanges && now >= state.nextChangesAt;
  return changes || state.rebuild ? { do: "read", changes } : { do: "rest" };
}

/** How long there is nothing to do, unless the worker is woken: 1 ms or more. */
export const restMs = (state: WorkerState, now: number): number =>
  Math.max(1, state.hasChanges ? state.nextChangesAt - now : SWEEP_MS - (now - state.sweptAt));

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

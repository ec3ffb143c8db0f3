import type { Hint } from "../../core/hint.ts";
import type { Cycle } from "./cycle.ts";

/** Changes taken in one cycle. */
const CYCLE = 1000;
/** Pauses when there is nothing to do: 2 ms, doubling. A poll costs 0.3 ms. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
/** The log is read from its first row at least this often: a change may commit long after its id was given. */
const SWEEP_MS = 1000;
/** Head scan that is worth skipping. */
const SLOW_HEAD_MS = 20;

/** What the resolver knows between two polls. Times are of the clock that nobody can set. */
export interface ResolveState {
  /** Changes that the next cycle takes at most. */
  readonly limit: number;
  readonly pauseMs: number;
  /** Position of the latest cycle that left nothing in the log, landed or not. */
  readonly readAt: bigint;
  /** The last change that was read. */
  readonly hint: string;
  readonly sweptAt: number;
  readonly isHeadSlow: boolean;
  /** Position up to which models with empty queues were marked complete, and when that was. */
  readonly marked: bigint;
  readonly markedAt: number;
}

/** Before the first poll. */
export const firstState: ResolveState = {
  limit: CYCLE,
  pauseMs: SHORTEST_PAUSE_MS,
  readAt: 0n,
  hint: "0",
  sweptAt: 0,
  isHeadSlow: false,
  marked: 0n,
  markedAt: 0,
};

/** From where the log is polled: its head, unless that is slow and was read not long ago. */
export function choosePoll(
  { hint, sweptAt, isHeadSlow }: ResolveState,
  now: number,
): { readonly after: string; readonly isSweep: boolean } {
  const isSweep = !isHeadSlow || now - sweptAt >= SWEEP_MS;
  const after = isSweep ? "0" : hint;
  return { after, isSweep };
}

/** The state after a poll of the head that was begun at `now` and took so long. */
export const afterSweep = (state: ResolveState, now: number, tookMs: number): ResolveState => ({
  ...state,
  sweptAt: now,
  isHeadSlow: tookMs > SLOW_HEAD_MS,
});

/** Whether there are changes, or somebody waits for a position at which none was looked for yet. */
export const isCycleDue = (
  { readAt }: ResolveState,
  { hasChanges, wanted }: Pick<Hint, "hasChanges" | "wanted">,
): boolean => hasChanges || wanted > readAt;

/** Whether a reader waits for a model that may be complete by now. */
export const isAwaited = ({ complete, wanted }: Pick<Hint, "complete" | "wanted">): boolean =>
  complete !== null && complete < wanted;

/** The state after a cycle of changes after `after` was read. */
export function afterCycle(
  state: ResolveState,
  after: string,
  {
    position,
    changeIds,
    isFull,
    isExhausted,
  }: Pick<Cycle, "position" | "changeIds" | "isFull" | "isExhausted">,
): ResolveState {
  return {
    ...state,
    readAt: isExhausted ? position : state.readAt,
    hint: changeIds.at(-1) ?? after,
    pauseMs: SHORTEST_PAUSE_MS,
    // As many as fitted, or more: changes that touch very much seldom come alone.
    limit: isFull ? Math.min(CYCLE, changeIds.length * 2) : CYCLE,
  };
}

/** Whether models are to be marked complete up to `exhaustedAt`: at once when that is awaited, else now and then. */
export const isMarkDue = (
  { marked, markedAt }: ResolveState,
  { awaited, exhaustedAt }: { readonly awaited: boolean; readonly exhaustedAt: bigint },
  now: number,
): boolean => awaited || (exhaustedAt > marked && now - markedAt >= SWEEP_MS);

/** The state after a pause: short while that helps somebody who waits, else longer each time. */
export const afterPause = (state: ResolveState, isHelpful: boolean): ResolveState => ({
  ...state,
  // Whoever waits for a model that is slow, or cannot be mirrored, is not helped by polling faster.
  pauseMs: isHelpful ? SHORTEST_PAUSE_MS : Math.min(state.pauseMs * 2, LONGEST_PAUSE_MS),
});

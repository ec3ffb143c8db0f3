import { type ChangeTable, idsByTable } from "../../core/change-tables.ts";
import type { Hint } from "../../core/hint.ts";
import type { Cycle } from "./cycle.ts";

/** Changes of each table that are taken in one cycle. */
export const CYCLE = 1000;
/** Rows of touched views that one cycle holds, so that memory stays flat. */
export const MOST_TOUCHED = 20_000;
/** Changes that a cycle of a table alone takes: what a cycle costs by itself is spread over them (a third less than 1,000). */
const LONGEST_CYCLE = 8000;
/** A cycle that took longer to read is long enough. */
const LONG_CYCLE_MS = 1000;
/** Pauses when there is nothing to do: 2 ms, doubling. A poll costs 0.2 ms with six tables, 1.2 ms with 150. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
/** Change tables are read from their first rows at least this often: a change may commit long after its id was given. */
const SWEEP_MS = 1000;
/** Head scan that is worth skipping. */
const SLOW_HEAD_MS = 20;

/** What the resolver knows between two polls. Times are of the clock that nobody can set. */
export interface ResolveState {
  readonly pauseMs: number;
  /** Position of the latest cycle that looked at every table, landed or not. */
  readonly readAt: bigint;
  /** When that was. */
  readonly readAllAt: number;
  /** By change table: the last change that was read. */
  readonly last: ReadonlyMap<string, string>;
  readonly sweptAt: number;
  readonly isHeadSlow: boolean;
  /** When models with empty queues were last marked complete. */
  readonly markedAt: number;
}

/** Before the first poll. */
export const firstState: ResolveState = {
  pauseMs: SHORTEST_PAUSE_MS,
  readAt: 0n,
  readAllAt: Number.NEGATIVE_INFINITY,
  last: new Map(),
  sweptAt: Number.NEGATIVE_INFINITY,
  isHeadSlow: false,
  markedAt: 0,
};

/** From where tables are polled: their heads, unless those are slow and were read not long ago. */
export function choosePoll(
  { last, sweptAt, isHeadSlow }: ResolveState,
  now: number,
): { readonly after: ReadonlyMap<string, string>; readonly isSweep: boolean } {
  const isSweep = !isHeadSlow || now - sweptAt >= SWEEP_MS;
  return { after: isSweep ? new Map() : last, isSweep };
}

/** The state after a poll of the heads that was begun at `now` and took so long. */
export const afterSweep = (state: ResolveState, now: number, tookMs: number): ResolveState => ({
  ...state,
  sweptAt: now,
  isHeadSlow: tookMs > SLOW_HEAD_MS,
});

/**
 * At which tables the next cycle looks: those with changes; now and then, and when somebody waits for a position at which
 * not all were looked at yet, at every one. Null: no cycle is due. `landed`: the position up to which all tables were
 * found empty and nothing is under way; null: something is.
 */
export function chooseTables(
  { readAt, readAllAt }: ResolveState,
  { changed, wanted }: Pick<Hint, "changed" | "wanted">,
  { tables, landed }: { readonly tables: readonly ChangeTable[]; readonly landed: bigint | null },
  now: number,
): readonly ChangeTable[] | null {
  if (wanted > readAt || (landed !== null && wanted > landed)) return tables;
  if (changed.length === 0) return null;
  return now - readAllAt >= SWEEP_MS ? tables : changed;
}

/** Whether a reader waits for a model that may be complete by now. */
export const isAwaited = ({ complete, wanted }: Pick<Hint, "complete" | "wanted">): boolean =>
  complete !== null && complete < wanted;

/** The state after a cycle, which looked at every table or not. */
export function afterCycle(
  state: ResolveState,
  { position, changes }: Pick<Cycle, "position" | "changes">,
  { isWhole, now }: { readonly isWhole: boolean; readonly now: number },
): ResolveState {
  const last = new Map(state.last);
  for (const [table, ids] of idsByTable(changes)) last.set(table, ids.at(-1) ?? "0");
  return {
    ...state,
    readAt: isWhole ? position : state.readAt,
    readAllAt: isWhole ? now : state.readAllAt,
    last,
    pauseMs: SHORTEST_PAUSE_MS,
  };
}

/** Whether models are to be marked complete: at once when that is awaited, else now and then. */
export const isMarkDue = (
  { markedAt }: ResolveState,
  { awaited, hasNews }: { readonly awaited: boolean; readonly hasNews: boolean },
  now: number,
): boolean => awaited || (hasNews && now - markedAt >= SWEEP_MS);

/** The state after a pause: short while that helps somebody who waits, else longer each time. */
export const afterPause = (state: ResolveState, isHelpful: boolean): ResolveState => ({
  ...state,
  // Whoever waits for a model that is slow, or cannot be mirrored, is not helped by polling faster.
  pauseMs: isHelpful ? SHORTEST_PAUSE_MS : Math.min(state.pauseMs * 2, LONGEST_PAUSE_MS),
});

/**
 * How many changes the next cycle of a table takes that has too much to do: twice as many as this one took, as long as that
 * is quick and what they touch will fit, should they touch as much as these.
 */
export function growCycle(
  taken: number,
  { rows, ms }: { readonly rows: number; readonly ms: number },
): number {
  const wanted = ms > LONG_CYCLE_MS ? taken : taken * 2;
  // A tenth is left to those that touch a little more.
  const fitting = Math.floor((MOST_TOUCHED * 0.9 * taken) / Math.max(rows, 1));
  return Math.max(1, Math.min(LONGEST_CYCLE, wanted, Math.max(taken, fitting)));
}

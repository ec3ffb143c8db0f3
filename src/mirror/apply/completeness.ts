/**
 * What has to be gone from a queue until everything before a position is applied. Under a steady stream the queue is never
 * empty: everything up to a row that was its end once is applied when that row and all before it are gone.
 */
export interface Goal {
  readonly position: bigint;
  /** The last row of the queue when that position was resolved. */
  readonly row: bigint;
}

export interface Completeness {
  /** With this batch everything before this position is applied; null: nothing new is known. */
  readonly complete: bigint | null;
  readonly goal: Goal | undefined;
  /** There is no goal, and there should be one: the queue's newest row is to be asked for. */
  readonly needsGoal: boolean;
}

/**
 * Judges a batch of changes. `resolved`: the position up to which changes were in the queue, or done, before the snapshot
 * was opened. `pending`: what the snapshot showed of the queue, see PendingBatch.
 */
export function judgeCompleteness(
  goal: Goal | undefined,
  pending: { readonly isWhole: boolean; readonly oldestId: bigint | null },
  resolved: bigint,
): Completeness {
  if (pending.isWhole) return { complete: resolved, goal: undefined, needsGoal: false };
  const isReached = goal !== undefined && (pending.oldestId === null || pending.oldestId > goal.row);
  const open = isReached ? undefined : goal;
  return {
    complete: isReached ? goal.position : null,
    goal: open,
    needsGoal: open === undefined && resolved > 0n,
  };
}

import type { CubeRow } from "../stores/cube-store.ts";

/** The newest state of a row; null when it is gone. */
export interface RowChange {
  /** What the row is grouped by, with its values, as JSON: `{"state":"TX"}`, of a total `{}`. */
  readonly key: string;
  readonly row: CubeRow | null;
}

/** What a look at the stores showed, and how old that is. */
export interface LookStamp {
  /** Snapshot that is in the rows at least. */
  readonly position: string;
  /** Everything committed before this moment is in the rows. */
  readonly asOf: string;
}

/** What a subscriber is told. */
export interface CubeUpdate extends LookStamp {
  /** These are all rows: what was told before is over. */
  readonly isWhole: boolean;
  /** In the order of the question when they are all. */
  readonly changes: readonly RowChange[];
}

/** The rows of one question, shared by all who follow it: each is told apart by the turn up to which it has been told. */
export interface LiveRows {
  /** Number of the newest state that differs from the one before; 0 before the first. */
  readonly turn: number;
  /** Rows that are kept, those that are gone included. */
  readonly size: number;
  /** Takes what a look showed; whether any row differs. `oldest`: the turn up to which everybody has been told. */
  take(rows: readonly CubeRow[], stamp: LookStamp, oldest: number): boolean;
  /** What is news to somebody who has been told up to a turn, 0 when of nothing; null when nothing is. May have no changes. */
  since(told: number): CubeUpdate | null;
}

interface Kept {
  readonly row: CubeRow | null;
  readonly state: string;
  readonly changedIn: number;
  /** The turn in which it was there first, since it was last forgotten. */
  readonly bornIn: number;
}

/** Rows that are gone, remembered for those who have not been told; of more, these are told everything again. */
const MAX_GONE = 10_000;

export function createLiveRows(maxGone = MAX_GONE): LiveRows {
  let kept: ReadonlyMap<string, Kept> = new Map();
  let turn = 0;
  /** Who has been told less than this is told everything. */
  let floor = 1;
  let newest: LookStamp | undefined;
  const updates = new Map<number, CubeUpdate>();

  const toUpdate = (told: number, stamp: LookStamp): CubeUpdate => {
    const isWhole = told < floor;
    const changes: RowChange[] = [];
    // One that came and went before its client looked is no news.
    for (const [key, { row, changedIn, bornIn }] of kept)
      if (isWhole ? row !== null : changedIn > told && (row !== null || bornIn <= told))
        changes.push({ key, row });
    return { isWhole, ...stamp, changes };
  };

  return {
    get turn() {
      return turn;
    },
    get size() {
      return kept.size;
    },
    take(rows, stamp, oldest) {
      const now = turn + 1;
      let isNews = turn === 0;
      const next = new Map<string, Kept>();
      for (const row of rows) {
        const key = keyOf(row);
        const state = JSON.stringify([row.values, row.windows]);
        const before = kept.get(key);
        const isSame = before !== undefined && before.row !== null && before.state === state;
        next.set(key, isSame ? before : { row, state, changedIn: now, bornIn: before?.bornIn ?? now });
        isNews ||= !isSame;
      }
      const gone: [string, Kept][] = [];
      for (const [key, before] of kept) {
        if (next.has(key)) continue;
        if (before.row === null) {
          if (before.changedIn > oldest) gone.push([key, before]);
          continue;
        }
        gone.push([key, { row: null, state: "", changedIn: now, bornIn: before.bornIn }]);
        isNews = true;
      }
      if (isNews) turn = now;
      if (gone.length > maxGone) floor = turn;
      else for (const [key, one] of gone) next.set(key, one);
      kept = next;
      newest = stamp;
      updates.clear();
      return isNews;
    },
    since(told) {
      if (newest === undefined || told >= turn) return null;
      const update = updates.get(told) ?? toUpdate(told, newest);
      updates.set(told, update);
      return update;
    },
  };
}

const keyOf = ({ groupedBy, values }: CubeRow): string =>
  JSON.stringify(Object.fromEntries(groupedBy.map((name) => [name, values[name] ?? null])));

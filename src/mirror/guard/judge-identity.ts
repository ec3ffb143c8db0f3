import type { ModelState } from "../../core/model-state.ts";
import { sharedUpTo } from "../../stores/mongodb/branches.ts";
import { largestOf, type Position } from "../../stores/mongodb/mirror-records.ts";

/** What both servers say of themselves. */
export interface Identities {
  /** The newest position that was given. */
  readonly source: Position;
  /** Of these models, as of before `applied` was read. */
  readonly states: readonly Pick<ModelState, "model" | "collection" | "acked">[];
  /** Of every collection that was ever written, by name. */
  readonly applied: ReadonlyMap<string, Position>;
}

/** Lives that a source goes on from, and is sure to know for some failovers more. */
const RECENT_LIVES = 8;

/**
 * Records of lives that the source goes on from, of which it remembers a number only: collections that nobody has written since.
 * A position up to where such a life branched off is the same snapshot under either name.
 */
export function oldRecords(
  applied: ReadonlyMap<string, Position>,
  { branches = [] }: Position,
): ReadonlyMap<string, Position> {
  const shared = sharedUpTo(branches);
  const recent = sharedUpTo(branches.slice(0, RECENT_LIVES));
  return new Map(
    [...applied].filter(
      ([, { n, incarnation }]) => n <= (shared.get(incarnation) ?? -1n) && !recent.has(incarnation),
    ),
  );
}

/** Which of the two is an older copy; `largest`: the largest position of the mirror; `models`: that lack writes. */
export type Identity =
  | { readonly older: "neither" }
  | { readonly older: "source"; readonly largest: bigint }
  | { readonly older: "mirror"; readonly models: readonly string[] };

/**
 * Source `n` ≥ mirror `applied` ≥ source `acked`, of one incarnation. `n < applied`, or another incarnation: the source
 * gives positions again. `applied < acked`: the mirror lacks acknowledged writes. An incarnation that the source's own goes
 * on from is none other up to where that branched off; what was applied of it later is of a history that was lost.
 */
export function judgeIdentity({ source, states, applied }: Identities): Identity {
  const largest = largestOf(applied);
  const shared = sharedUpTo(source.branches);
  const hasLost = [...applied.values()].some(({ n, incarnation }) => n > (shared.get(incarnation) ?? n));
  // Records of models that were not written in this life keep the name of the one before.
  const isOtherLife = states.some(({ acked, collection }) => {
    const record = acked > 0n ? applied.get(collection) : undefined;
    return (
      record !== undefined && record.incarnation !== source.incarnation && !shared.has(record.incarnation)
    );
  });
  if (source.n < largest || isOtherLife || hasLost) return { older: "source", largest };
  const behind = states.filter(({ acked, collection }) => (applied.get(collection)?.n ?? 0n) < acked);
  if (behind.length === 0) return { older: "neither" };
  return { older: "mirror", models: behind.map(({ model }) => model) };
}

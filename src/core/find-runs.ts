/** Ids that follow each other without a gap, two or more. */
export interface Run {
  readonly first: string;
  readonly last: string;
  readonly ids: readonly string[];
}

/** A shorter run is not worth two statements of its own. */
const SHORTEST_RUN = 50;

/** Divides ids, in any order, into runs and those that are in none. */
export function findRuns(ids: readonly string[]): {
  readonly runs: readonly Run[];
  readonly others: readonly string[];
} {
  const runs: Run[] = [];
  const others: string[] = [];
  if (ids.length < SHORTEST_RUN) return { runs, others: ids.map(String) };
  const sorted = [...new Set(ids)].map(BigInt).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let from = 0;
  for (let at = 1; at <= sorted.length; at += 1) {
    if (at < sorted.length && sorted[at] === (sorted[at - 1] ?? 0n) + 1n) continue;
    const part = sorted.slice(from, at).map(String);
    const [first, last] = [part[0], part.at(-1)];
    if (first !== undefined && last !== undefined && part.length >= SHORTEST_RUN)
      runs.push({ first, last, ids: part });
    else others.push(...part);
    from = at;
  }
  return { runs, others };
}

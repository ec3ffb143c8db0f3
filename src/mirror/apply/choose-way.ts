import type { WriteOutcome } from "../../stores/mongodb/mirror-writer.ts";

/**
 * How documents are written: `insert` is the cheapest where there are none, `renew` where they are as they should be,
 * `replace` where they differ.
 */
export type Way = "insert" | "renew" | "replace";

/**
 * How a rebuild goes on after a batch of so many documents: it inserts until it finds most of them there, renews until most
 * of those differ, and replaces the rest. It does not go back: what the first ranges show is true of most rebuilds.
 */
export function chooseWay(
  way: Way,
  { found = 0, renewed = 0 }: Pick<WriteOutcome, "found" | "renewed">,
  documents: number,
): Way {
  if (way === "insert") return found * 2 > documents ? "renew" : way;
  // To look costs less than half of what a renewal saves.
  if (way === "renew") return renewed * 2 < documents ? "replace" : way;
  return way;
}

import { z } from "zod";

/**
 * A life of the database that the present one goes on from, as when a replica took over: positions up to `upTo` are of
 * its history, later ones were lost with the primary. Null: the two have nothing in common, as after a restore.
 */
export interface Branch {
  readonly life: string;
  readonly upTo: bigint | null;
}

const schema = z.array(z.object({ life: z.string(), upTo: z.string().nullable() }));

/** The lives before, newest first, from `vitrine_position.branches`. */
export const readBranches = (text: string): readonly Branch[] =>
  text === "[]"
    ? []
    : schema
        .parse(JSON.parse(text))
        .map(({ life, upTo }) => ({ life, upTo: upTo === null ? null : BigInt(upTo) }));

/** The last position of each life that the present one shares, by name: those back to a break of history. */
export function sharedUpTo(branches: readonly Branch[] = []): ReadonlyMap<string, bigint> {
  const shared = new Map<string, bigint>();
  for (const { life, upTo } of branches) {
    if (upTo === null) break;
    shared.set(life, upTo);
  }
  return shared;
}

/** Where a position stands to the present life: of its history, lost with a server that died, or of a life that says nothing. */
export function standingOf(
  position: { readonly n: bigint; readonly incarnation: string },
  now: { readonly incarnation: string | null; readonly branches?: readonly Branch[] | undefined },
): "shared" | "lost" | "unknown" {
  if (position.incarnation === now.incarnation) return "shared";
  const upTo = now.branches?.find(({ life }) => life === position.incarnation)?.upTo;
  if (upTo == null) return "unknown";
  return position.n <= upTo ? "shared" : "lost";
}

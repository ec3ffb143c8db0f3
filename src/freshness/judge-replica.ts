import type { ServerPlace } from "../core/server-place.ts";
import { hasReached, type LogPlace } from "../stores/mariadb/log-place.ts";
import { standingOf } from "../stores/mongodb/branches.ts";

/** Where the primary was at a moment. */
export interface Sample {
  /** Monotonic, before it was asked. */
  readonly at: number;
  readonly place: ServerPlace;
}

/** How a replica stands to samples of the primary; `covers`: the newest of which it has everything. */
export type ReplicaStanding =
  | { readonly covers: Sample; readonly problem: null }
  | { readonly covers: null; readonly problem: string };

/**
 * Judges a replica by what it has applied, not by clocks or by what it says of its lag: one that stopped, or follows
 * nobody, has what it has. `samples`: newest first.
 */
export function judgeReplica(place: ServerPlace, samples: readonly Sample[]): ReplicaStanding {
  const [newest] = samples;
  if (!newest) return { covers: null, problem: "the primary has not answered yet" };
  const standing = standingOf(place.position, newest.place.position);
  if (standing !== "shared")
    return {
      covers: null,
      problem:
        standing === "lost"
          ? "it has writes that the primary lacks: it followed a server that was lost"
          : "it is of another life of the database than the primary",
    };
  // Its sessions wait for what the cluster has certified (wsrep_sync_wait).
  const isSame = place.serverId === newest.place.serverId;
  if (isSame || (place.isNode && newest.place.isNode)) return { covers: newest, problem: null };
  const covers = samples.find(
    ({ place: { written } }) => isLogged(written) && hasReached(place.applied, written),
  );
  if (covers) return { covers, problem: null };
  return {
    covers: null,
    problem: isLogged(newest.place.written)
      ? "it is too far behind, or follows another server"
      : "the primary writes no binary log",
  };
}

const isLogged = (written: LogPlace): boolean => written.size > 0;

import { VitrineError } from "../errors.ts";
import { isClusterNode } from "../stores/mariadb/cluster-node.ts";
import { type LogPlace, readLogPlace } from "../stores/mariadb/log-place.ts";
import { type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { readBranches } from "../stores/mongodb/branches.ts";
import type { Position } from "../stores/mongodb/mirror-records.ts";

/** Where a server is in what is written, as it says itself. */
export interface ServerPlace {
  readonly serverId: string;
  /** A node of a Galera cluster. */
  readonly isNode: boolean;
  /** What it has committed itself, or passed on. */
  readonly written: LogPlace;
  /** What it has applied of its primary. */
  readonly applied: LogPlace;
  /** The newest position that it knows. */
  readonly position: Position;
  /** Its clock, in milliseconds since 1970. */
  readonly clock: number;
}

interface PlaceRow {
  readonly server_id: string;
  readonly is_node: number;
  readonly written: string;
  readonly applied: string;
  readonly n: string;
  readonly branches: string;
  readonly incarnation: string;
  readonly clock: string;
}

const NO_SUCH_TABLE = 1146;

/**
 * Asks a server. Whatever was answered before as committed is in `written`.
 * @throws VitrineError SOURCE_UNAVAILABLE; INTERNAL when `vitrine_position` has no row
 */
export async function readServerPlace(db: Queryable): Promise<ServerPlace> {
  const [row] = await db.query<PlaceRow>(
    `set statement max_statement_time = 2 for select @@server_id as server_id, ${isClusterNode} as is_node,
      @@global.gtid_binlog_pos as written, @@global.gtid_slave_pos as applied, cast(n as char) as n, branches,
      incarnation, round(unix_timestamp(now(3)) * 1000) as clock from vitrine_position`,
  );
  if (!row) throw new VitrineError("INTERNAL", "vitrine_position has no row. Run `vitrine migrate up`.");
  return {
    serverId: String(row.server_id),
    isNode: Number(row.is_node) === 1,
    written: readLogPlace(row.written),
    applied: readLogPlace(row.applied),
    position: { n: BigInt(row.n), incarnation: row.incarnation, branches: readBranches(row.branches) },
    clock: Number(row.clock),
  };
}

/** Why a server cannot say where it is: the end of a sentence. */
export function describeNoPlace(error: unknown): string {
  if (sqlErrorOf(error)?.errno === NO_SUCH_TABLE)
    return "it has no table vitrine_position: it is no replica of this database, or one that leaves tables out (`replicate_ignore_table`); have it copy the whole database";
  return error instanceof Error ? error.message : String(error);
}

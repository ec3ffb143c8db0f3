import { VitrineError } from "../errors.ts";
import { clusterName } from "../stores/mariadb/cluster-node.ts";
import type { MariaDb, MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import { openSnapshot, type SnapshotReads } from "../stores/mariadb/open-snapshot.ts";
import { type Branch, readBranches } from "../stores/mongodb/branches.ts";
import type { Position } from "../stores/mongodb/mirror-records.ts";

/** The table `vitrine_position`: numbers snapshots, and names the life of the database. */

interface PositionRow {
  readonly n: string;
  readonly incarnation: string;
  /** JSON. */
  readonly branches: string;
}

const newest = "select cast(n as char) as n, branches, incarnation from vitrine_position";

const oneServer = "concat(@@server_id, '/', @@hostname)";
/** Who counts positions: a cluster is one, since its nodes agree on each. As in `vitrine_take_position`. */
const thisServer = `coalesce(concat('galera/', ${clusterName}), ${oneServer})`;
/** Whether that is who has counted so far; only where a cluster has is it asked for its name. */
const isThisServer = `server = if(server like 'galera/%', ${thisServer}, ${oneServer})`;
/** Lives before this one that are remembered. */
const MOST_BRANCHES = 16;
/** What `branches` becomes when another life begins, of which this one is known up to here. */
const addBranch = (upTo: string) =>
  `json_remove(json_array_insert(branches, '$[0]', json_object('life', incarnation, 'upTo', ${upTo})),
    '$[${MOST_BRANCHES}]')`;
/** What a snapshot holds beside what views name: nothing of what it shows may be rebuilt under it. */
const engineTables = [
  "vitrine_capture",
  "vitrine_captured_table",
  "vitrine_rejected",
  "vitrine_pending",
  "vitrine_position",
  "vitrine_source",
  "vitrine_state",
  "vitrine_touched_view",
];

const noRow = () => new VitrineError("INTERNAL", "vitrine_position has no row. Run `vitrine migrate up`.");

/** The newest position that was given. @throws VitrineError INTERNAL when the table is empty */
export async function readPosition(db: Queryable): Promise<Position> {
  return toPosition((await db.query<PositionRow>(newest))[0]);
}

/**
 * Opens a snapshot in the connection's transaction (see openSnapshot), and tells the newest position that was given
 * before it. `reads`: what it is for; default: anything.
 */
export async function openSnapshotAt(
  db: MariaDb,
  connection: MariaDbConnection,
  reads?: SnapshotReads,
): Promise<Position> {
  return toPosition(
    await openSnapshot<PositionRow>(db, connection, { select: newest, tables: engineTables, reads }),
  );
}

function toPosition(row: PositionRow | undefined): Position {
  if (!row) throw noRow();
  return { n: BigInt(row.n), incarnation: row.incarnation, ...toBranches(row.branches) };
}

function toBranches(text: string): { readonly branches?: readonly Branch[] } {
  const branches = readBranches(text);
  return branches.length === 0 ? {} : { branches };
}

/**
 * Takes the next position; the row stays locked until the end of the transaction, which must be a new one. On a server
 * that has not counted yet a life of its own begins first: a replica that took over may lack positions that its primary
 * gave, and goes on from those that it has.
 */
export async function raisePosition(connection: MariaDbConnection): Promise<bigint> {
  const raise = () =>
    connection.run(
      `update vitrine_position set n = last_insert_id(n + 1) where position_id = 1 and ${isThisServer}`,
    );
  let { insertId, affectedRows } = await raise();
  if (affectedRows === 0) {
    await beginBranch(connection);
    // Committed before any snapshot at the next position: that shows the life that it belongs to.
    await connection.run("commit");
    ({ insertId, affectedRows } = await raise());
    if (affectedRows === 0) throw noRow();
  }
  if (insertId !== 0) return BigInt(insertId);
  // After an update that was refused the server does not send the number with the next one (10.11, measured).
  return (await readPosition(connection)).n;
}

/** The first server that ever counts begins nothing: it only gives its name. */
const beginBranch = (connection: Pick<MariaDbConnection, "run">) =>
  connection.run(
    `update vitrine_position set
      branches = if(server is null, branches, ${addBranch("cast(n as char)")}),
      incarnation = if(server is null, incarnation, uuid()),
      server = ${thisServer}
    where position_id = 1 and not server <=> ${thisServer}`,
  );

/**
 * Begins a new life of the database, with positions above `largest`. False when this `incarnation` is over already:
 * somebody else did it.
 */
export async function renewIncarnation(
  connection: Pick<MariaDbConnection, "run">,
  incarnation: string,
  largest: bigint,
): Promise<boolean> {
  const { affectedRows } = await connection.run(
    `update vitrine_position set n = greatest(n, ?) + 1, wanted = 0, branches = ${addBranch("null")},
      incarnation = uuid(), server = ${thisServer}
    where position_id = 1 and incarnation = ?`,
    [largest, incarnation],
  );
  return affectedRows > 0;
}

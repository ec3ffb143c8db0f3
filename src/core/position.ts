import { VitrineError } from "../errors.ts";
import type { MariaDb, MariaDbConnection, Queryable } from "../stores/mariadb/mariadb.ts";
import { openSnapshot, type SnapshotReads } from "../stores/mariadb/open-snapshot.ts";
import type { Position } from "../stores/mongodb/mirror-records.ts";

/** The table `vitrine_position`: numbers snapshots, and names the life of the database. */

interface PositionRow {
  readonly n: string;
  readonly incarnation: string;
}

const newest = "select cast(n as char) as n, incarnation from vitrine_position";
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
  return { n: BigInt(row.n), incarnation: row.incarnation };
}

/** Takes the next position; the row stays locked until the end of the transaction. */
export async function raisePosition(connection: MariaDbConnection): Promise<bigint> {
  const { insertId } = await connection.run(
    "update vitrine_position set n = last_insert_id(n + 1) where position_id = 1",
  );
  if (insertId !== 0) return BigInt(insertId);
  // After an update that was refused the server does not send the number with the next one (10.11, measured).
  return (await readPosition(connection)).n;
}

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
    `update vitrine_position set n = greatest(n, ?) + 1, wanted = 0, incarnation = uuid()
    where position_id = 1 and incarnation = ?`,
    [largest, incarnation],
  );
  return affectedRows > 0;
}

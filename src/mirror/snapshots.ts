import { openSnapshotAt, raisePosition } from "../core/position.ts";
import type { MariaDb, MariaDbConnection } from "../stores/mariadb/mariadb.ts";
import { retryDeadlock } from "../stores/mariadb/retry-deadlock.ts";
import type { Position } from "../stores/mongodb/mirror-records.ts";

/** A consistent view of the source with its number: a larger position is a later snapshot. */
export interface Snapshot {
  readonly position: Position;
  /** Repeatable read, read only. */
  readonly connection: MariaDbConnection;
  /** Ends it. A snapshot that was not released is ended by the server after 10 s without a statement. */
  release(): Promise<void>;
}

export interface Snapshots {
  /** Opens the next snapshot; the one before must have been released. */
  open(): Promise<Snapshot>;
}

/**
 * Takes a pair of connections for as long as `work` runs. One raises the position and keeps the row lock
 * while the other opens its snapshot; so positions are ordered as snapshots are, for any number of loaders,
 * without clocks or leases. A loader that stalls between the two is cut off by the server after 2 s
 * (without this it stops all others), and its snapshot is thrown away, because its position may be given again.
 */
export async function withSnapshots<T>(db: MariaDb, work: (snapshots: Snapshots) => Promise<T>): Promise<T> {
  return db.withConnection((counter) =>
    db.withConnection(async (reader) => {
      // Without autocommit a transaction begins by itself: one round trip less per snapshot.
      await counter.run(
        "set session autocommit = 0, idle_write_transaction_timeout = 2, innodb_lock_wait_timeout = 10",
      );
      await reader.run("set session transaction isolation level repeatable read, read only");
      // A definition that is locked is not waited for as long as the position is held: nobody could take another.
      await reader.run(
        "set session autocommit = 0, idle_readonly_transaction_timeout = 10, lock_wait_timeout = 1",
      );
      const result = await work({ open: () => retryDeadlock(() => openNumbered(db, counter, reader)) });
      // Other work will get these connections.
      await counter.run(
        `set session autocommit = 1, idle_write_transaction_timeout = default,
          innodb_lock_wait_timeout = default`,
      );
      await reader.run(
        "set session autocommit = 1, idle_readonly_transaction_timeout = default, lock_wait_timeout = default",
      );
      await reader.run("set session transaction read write");
      return result;
    }),
  );
}

/** A position that was refused leaves neither a lock nor a snapshot. */
async function openNumbered(
  db: MariaDb,
  counter: MariaDbConnection,
  reader: MariaDbConnection,
): Promise<Snapshot> {
  try {
    return await tryToOpen(db, counter, reader);
  } catch (error) {
    // Where the connection itself is lost, this fails too, and says less.
    await Promise.all([counter, reader].map((one) => one.run("rollback"))).catch(() => undefined);
    throw error;
  }
}

async function tryToOpen(
  db: MariaDb,
  counter: MariaDbConnection,
  reader: MariaDbConnection,
): Promise<Snapshot> {
  const n = await raisePosition(counter);
  const { incarnation } = await openSnapshotAt(db, reader);
  // Throws when the commit is not confirmed; then both connections are closed, and the snapshot with them.
  await counter.run("commit");
  return {
    position: { n, incarnation },
    connection: reader,
    release: async () => {
      await reader.run("commit");
    },
  };
}

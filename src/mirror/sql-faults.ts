import { VitrineError } from "../errors.ts";
import { type MariaDb, type MariaDbConnection, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** Errors that say nothing about the statement: it may succeed when it is tried again. */
const transient = new Set([
  1015, // file cannot be locked
  1016, // file cannot be opened, as when there are too many
  1020, // row has changed since the snapshot
  1021, // disk full
  1030, // storage engine, as when the disk of temporary tables is full
  1037, // out of memory
  1038, // out of sort memory
  1040, // too many connections
  1041, // out of memory
  1047, // a node of a cluster that is not ready
  1053, // shutdown in progress
  1114, // no room for a temporary table
  1135, // no thread to be had
  1203, // too many connections of this account
  1205, // lock wait timeout
  1213, // deadlock
  1226, // a limit of this account is used up
  1317, // query killed
  1412, // table definition has changed since the snapshot
  1927, // connection killed
  1969, // statement timeout
  3024, // statement timeout
  4031, // idle transaction ended
]);

/**
 * True when MariaDB refused the statement for what it says or reads: a view is missing or broken, a right is
 * missing, a row yields no value. False for lost connections and whatever may go away by itself.
 */
export function isSqlFault(error: unknown): boolean {
  if (error instanceof VitrineError) return false;
  const sql = sqlErrorOf(error);
  return sql !== undefined && sql.errno > 0 && !transient.has(sql.errno);
}

/**
 * Runs `work` in one transaction at read committed, where deleting by id locks nothing but those rows. A loader
 * that stalls in it is cut off after 5 s: the rows that it holds locked are those that others want to have.
 */
export async function readCommitted<T>(
  db: MariaDb,
  work: (connection: MariaDbConnection) => Promise<T>,
): Promise<T> {
  return db.withConnection(async (connection) => {
    // One block, so one round trip.
    await connection.run(
      `begin not atomic
        set session idle_write_transaction_timeout = 5;
        set transaction isolation level read committed;
        start transaction;
      end`,
    );
    const result = await work(connection);
    await connection.run("commit");
    return result;
  });
}

/** A sentence of at most 2,000 characters, as `mirror_dead` keeps it. */
export const toReason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 2000);

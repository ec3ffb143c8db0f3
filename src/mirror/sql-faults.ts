import { type MariaDb, type MariaDbConnection, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

export { isSqlFault } from "../stores/mariadb/sql-faults.ts";

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

/** A sentence of at most 2,000 characters, as `mirror_dead` keeps it: what MariaDB said, where it was MariaDB. */
export const toReason = (error: unknown): string =>
  (sqlErrorOf(error)?.message ?? (error instanceof Error ? error.message : String(error))).slice(0, 2000);

import type { MariaDb, MariaDbConnection } from "../stores/mariadb/mariadb.ts";

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
    // Other work will get this connection.
    await connection.run(
      `begin not atomic
        commit;
        set session idle_write_transaction_timeout = default;
      end`,
    );
    return result;
  });
}

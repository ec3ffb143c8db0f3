import type { Connection } from "mysql2";
import type { MariaDbConnection } from "./mariadb.ts";

/** Rows that the driver holds ahead of whoever takes them. */
const AHEAD = 500;

/**
 * The rows of one statement as they come: the server waits for whoever takes them, and memory stays flat. Not to be
 * left before its end: the connection would still be busy with the rest, so throw, and let it be closed.
 */
export async function* streamRows<T extends object>(
  connection: MariaDbConnection,
  sql: string,
  values: readonly unknown[],
): AsyncIterable<T> {
  // The typings say that the promise API is wrapped around itself; it is the callback one, which can stream.
  const core = connection.raw.connection as unknown as Connection;
  const rows = core.query(sql, [...values]).stream({ highWaterMark: AHEAD });
  // The statement names its columns.
  for await (const row of rows) yield row as T;
}

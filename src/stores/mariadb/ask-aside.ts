import mysql from "mysql2/promise";

/**
 * Sends one statement over a connection of its own, when the pool may be used up or lost: its rows, or undefined
 * when there is no answer within `withinMs` (the handshake may take as long again). Never rejects.
 */
export async function askAside(
  server: mysql.ConnectionOptions,
  sql: string,
  values: readonly unknown[],
  withinMs: number,
): Promise<readonly mysql.RowDataPacket[] | undefined> {
  const answer = await askOnce(server, sql, values, withinMs);
  return answer instanceof Error ? undefined : answer;
}

const NO_SUCH_THREAD = 1094;

/**
 * Whether the server has this thread, also where the account may not see it: what it refuses to tell of is there.
 * Undefined: there is no answer within `withinMs`. Never rejects.
 */
export async function isThread(
  server: mysql.ConnectionOptions,
  id: number | null,
  withinMs: number,
): Promise<boolean | undefined> {
  const answer = await askOnce(server, "show explain for ?", [id], withinMs);
  if (!(answer instanceof Error)) return answer && true;
  return "sqlState" in answer ? (answer as { readonly errno?: number }).errno !== NO_SUCH_THREAD : undefined;
}

/** The rows, or the error that ended the statement; undefined without a connection. */
async function askOnce(
  server: mysql.ConnectionOptions,
  sql: string,
  values: readonly unknown[],
  withinMs: number,
): Promise<readonly mysql.RowDataPacket[] | Error | undefined> {
  const connection = await mysql
    .createConnection({ ...server, connectTimeout: withinMs })
    .catch(() => undefined);
  if (!connection) return undefined;
  connection.on("error", () => undefined);
  const deadline = setTimeout(() => cut(connection, new Error("There is no answer.")), withinMs);
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql, [...values]);
    return rows;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(deadline);
    connection.destroy();
  }
}

/** Fails the statement that waits. The driver's own `destroy` leaves it waiting for ever. */
export function cut(connection: mysql.Connection, error: Error): void {
  const { stream } = (
    connection as unknown as {
      readonly connection: { readonly stream: { destroy(error: Error): void } };
    }
  ).connection;
  stream.destroy(error);
}

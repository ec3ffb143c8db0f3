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
  return "rows" in answer ? answer.rows : undefined;
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
  if ("rows" in answer) return true;
  const { error, isConnected } = answer;
  if (!isConnected || !("sqlState" in error)) return undefined;
  return (error as { readonly errno?: number }).errno !== NO_SUCH_THREAD;
}

/** What came of a statement; `isConnected`: it was sent. */
export type AsideAnswer =
  | { readonly rows: readonly mysql.RowDataPacket[] }
  | { readonly error: Error; readonly isConnected: boolean };

/** The same as askAside with the reason why there is no answer. Never rejects. */
export async function askOnce(
  server: mysql.ConnectionOptions,
  sql: string,
  values: readonly unknown[],
  withinMs: number,
): Promise<AsideAnswer> {
  let connection: mysql.Connection;
  try {
    connection = await mysql.createConnection({ ...server, connectTimeout: withinMs });
  } catch (error) {
    return { error: toError(error), isConnected: false };
  }
  connection.on("error", () => undefined);
  const deadline = setTimeout(() => cut(connection, new Error("There is no answer.")), withinMs);
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql, [...values]);
    // A server notes in its log who leaves without a word.
    connection.end().catch(() => connection.destroy());
    return { rows };
  } catch (error) {
    connection.destroy();
    return { error: toError(error), isConnected: true };
  } finally {
    clearTimeout(deadline);
  }
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Fails the statement that waits. The driver's own `destroy` leaves it waiting for ever. */
export function cut(connection: mysql.Connection, error: Error): void {
  const { stream } = (
    connection as unknown as {
      readonly connection: { readonly stream: { destroy(error: Error): void } };
    }
  ).connection;
  stream.destroy(error);
}

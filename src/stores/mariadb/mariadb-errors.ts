import { VitrineError } from "../../errors.ts";

const unreachable = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "PROTOCOL_CONNECTION_LOST",
  "ER_SERVER_SHUTDOWN",
  "ER_CON_COUNT_ERROR",
  "POOL_CLOSED",
  "ER_CONNECTION_KILLED",
]);

/** No right to the database; wrong password; no such database; refused by the account's plugin. */
const refusedAccounts = new Set([1044, 1045, 1049, 1698]);

/** The driver's error codes that our code asks about; undefined for other errors. */
export function sqlErrorOf(
  error: unknown,
):
  | { readonly errno: number; readonly code: string; readonly sqlState: string; readonly message: string }
  | undefined {
  const inner = error instanceof VitrineError && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error) || !("code" in inner)) return undefined;
  return {
    errno: "errno" in inner && typeof inner.errno === "number" ? inner.errno : 0,
    code: String(inner.code),
    sqlState: "sqlState" in inner ? String(inner.sqlState) : "",
    message: inner.message,
  };
}

/** Unreachable and timed-out servers get their own codes; every other error passes as it is. */
export function toVitrineError(error: unknown): unknown {
  // The pool was closed, or the connection was lost before the statement was sent; no code of the driver says so.
  if (error instanceof Error && /^Pool is closed|closed state$|^write after end$/.test(error.message))
    return unavailable(error);
  const sql = sqlErrorOf(error);
  if (!sql || error instanceof VitrineError) return error;
  if (unreachable.has(sql.code)) return unavailable(error);
  if (refusedAccounts.has(sql.errno))
    return new VitrineError(
      "CONFIG_INVALID",
      `MariaDB refuses the account or the database of the URL: ${sql.message}.`,
      {
        cause: error,
      },
    );
  // 1969: max_statement_time; 1317 killed; 3024 max_execution_time
  if (sql.errno === 1969 || sql.errno === 3024)
    return new VitrineError("QUERY_TIMEOUT", "The query took longer than allowed in MariaDB.", {
      cause: error,
    });
  return error;
}

const unavailable = (cause: unknown): VitrineError =>
  new VitrineError("SOURCE_UNAVAILABLE", "MariaDB cannot be reached. Is the server running?", { cause });

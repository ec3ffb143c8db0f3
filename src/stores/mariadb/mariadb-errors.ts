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
  "POOL_CLOSED",
  "ER_CONNECTION_KILLED",
]);

/** No right to the database; wrong password; no such database; refused by the account's plugin. */
const refusedAccounts = new Set([1044, 1045, 1049, 1698]);

/**
 * What the server lacks for anybody, by number: the same statement succeeds when it is there again. Where another store
 * has the answer, that is the one to ask meanwhile.
 */
const lacking: ReadonlyMap<number, string> = new Map([
  [1016, "a file cannot be opened"],
  [1021, "a disk is full"],
  [1023, "a file cannot be closed"],
  [1024, "a file cannot be read"],
  [1026, "a file cannot be written"],
  [1030, "the storage engine has an error, as when a disk is full"],
  [1037, "it is out of memory"],
  [1038, "it is out of memory for sorting"],
  [1040, "it has too many connections"],
  [1041, "it is out of memory"],
  [1047, "this node of the cluster is not ready"],
  [1114, "a table has no more room"],
  [1129, "it blocks this host after too many errors: `flush hosts` lets it in again"],
  [1135, "it cannot make another thread"],
  [1203, "the account has too many connections"],
  [1226, "the account has used up a limit"],
  [1637, "it has too many transactions under way"],
  [1836, "it is read only"],
]);

/** 1290 has other reasons, which are the statement's own. */
const isReadOnly = ({ errno, message }: { readonly errno: number; readonly message: string }): boolean =>
  errno === 1290 && /--(?:super-|innodb-)?read[-_]only/i.test(message);

/** Faults of the server that only its operator ends: the statement is right, and fails until then. */
function brokenWrites({
  errno,
  message,
}: {
  readonly errno: number;
  readonly message: string;
}): string | undefined {
  if (errno === 4133)
    return "MariaDB has disabled its record of transactions (mysql.transaction_registry) and refuses every write to tables that are versioned by it. Restart MariaDB.";
  if (errno === 1665)
    return "MariaDB's binary log has the format STATEMENT, in which it cannot log what imports and loaders write. Set binlog_format to ROW or MIXED.";
  // A statement that was killed while the table was opened leaves its triggers spoiled in the table cache.
  if (errno === 1064 && message.includes("has an error in its body"))
    return "MariaDB holds a spoiled copy of a trigger and refuses writes to its table: run `flush tables` (in a cluster `flush local tables` on this node), then try again.";
  // The server has no number of its own for it.
  if (errno === 1105 && /writeset size exceeded/i.test(message))
    return "The transaction changes more than this Galera cluster takes at once (`wsrep_max_ws_size`), so nothing of it was changed. Raise `wsrep_max_ws_size` on every node (it may be 2147483647 bytes), or write in smaller parts.";
  return undefined;
}

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

/** Servers that are unreachable, late, or lack what every statement needs get codes; every other error passes as it is. */
export function toVitrineError(error: unknown): unknown {
  // The pool was closed, or the connection was lost before the statement was sent; no code of the driver says so.
  if (error instanceof Error && /^Pool is closed|closed state$|^write after end$/.test(error.message))
    return unavailable(error);
  const sql = sqlErrorOf(error);
  if (!sql || error instanceof VitrineError) return error;
  // 1927: the connection was killed, which the driver has no name for.
  if (unreachable.has(sql.code) || sql.errno === 1927) return unavailable(error);
  if (sql.code === "HANDSHAKE_SSL_ERROR" || sql.code === "HANDSHAKE_NO_SSL_SUPPORT")
    return new VitrineError(
      "CONFIG_INVALID",
      `MariaDB gives no encrypted connection as the URL asks for it, or its certificate is refused: ${sql.message}.`,
      { cause: error },
    );
  const lack = isReadOnly(sql) ? "it is read only" : lacking.get(sql.errno);
  if (lack !== undefined)
    return new VitrineError("SOURCE_UNAVAILABLE", `MariaDB cannot do it just now: ${lack}.`, {
      cause: error,
      details: { errno: sql.errno },
    });
  const broken = brokenWrites(sql);
  if (broken !== undefined)
    return new VitrineError("WRITES_REFUSED", broken, { cause: error, details: { errno: sql.errno } });
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

import { VitrineError } from "../../errors.ts";
import { type TimeLimit, whileWanted } from "../time-limit.ts";
import { cut } from "./ask-aside.ts";
import { type MariaDb, type MariaDbConnection, type Queryable, sqlErrorOf } from "./mariadb.ts";

/** How long the answer to a commit is waited for, whatever the limit says: nobody can take back what was sent. */
const COMMIT_MS = 10_000;

/** A connection of somebody who waits only so long. */
export interface LimitedConnection extends MariaDbConnection {
  /**
   * Commits. From now on the end of the time cancels nothing: the statement is not killed and its answer is waited
   * for, at most 10 s. @throws VitrineError OUTCOME_UNKNOWN when none comes
   */
  commit(): Promise<void>;
}

/** A pool for one wait: no statement starts when it is over, and the one that runs then is ended. */
export interface LimitedPool extends Pick<Queryable, "query"> {
  /**
   * Rejects with the signal's reason as soon as the wait is over, also while no connection is free. The statement
   * that runs then is killed at the server (closing the connection would let it run on), and the connection closed,
   * for the kill may come late.
   */
  withConnection<T>(work: (connection: LimitedConnection) => Promise<T>): Promise<T>;
}

/** `db` within a limit. */
export function limitPool(db: MariaDb, { signal }: TimeLimit): LimitedPool {
  const withConnection: LimitedPool["withConnection"] = (work) => {
    let isCommitted = false;
    const isHeld = () => isCommitted;
    const throwIfOver = () => {
      if (!isCommitted) signal.throwIfAborted();
    };
    const done = db.withConnection(async (connection) => {
      let killed: Promise<unknown> | undefined;
      const kill = () => {
        if (!isCommitted) killed = db.killQuery(connection);
      };
      signal.addEventListener("abort", kill, { once: true });
      try {
        throwIfOver();
        const limited: LimitedConnection = {
          ...connection,
          ...whileOpen(connection, signal),
          async commit() {
            throwIfOver();
            isCommitted = true;
            await commit(connection);
          },
        };
        const result = await work(limited);
        throwIfOver();
        return result;
      } catch (error) {
        throwIfOver();
        throw error;
      } finally {
        signal.removeEventListener("abort", kill);
        await killed;
      }
    }, signal);
    return whileWanted(done, signal, undefined, isHeld);
  };
  return {
    withConnection,
    query: (sql, values) => withConnection((connection) => connection.query(sql, values)),
  };
}

/** Sends nothing once the wait is over. */
const whileOpen = (
  target: MariaDbConnection,
  signal: AbortSignal,
): Pick<MariaDbConnection, "query" | "queryCounted" | "run"> => ({
  query: async (sql, values) => {
    signal.throwIfAborted();
    return target.query(sql, values);
  },
  queryCounted: async (sql, values) => {
    signal.throwIfAborted();
    return target.queryCounted(sql, values);
  },
  run: async (sql, values) => {
    signal.throwIfAborted();
    return target.run(sql, values);
  },
});

async function commit(connection: MariaDbConnection): Promise<void> {
  const late = setTimeout(() => cut(connection.raw, new Error("The commit is not answered.")), COMMIT_MS);
  try {
    await connection.run("commit");
  } catch (error) {
    throw toCommitError(error);
  } finally {
    clearTimeout(late);
  }
}

/** In the middle of it: its log or its storage failed, or its node was cut off from the cluster that was to agree. */
const ERROR_DURING_COMMIT = 1180;

/**
 * What the failure of a commit means. The server's own refusal is an answer, and passes as it is: it has rolled back. A lost
 * connection, and a server that failed while it committed, say nothing of what was done: OUTCOME_UNKNOWN.
 */
export function toCommitError(error: unknown): unknown {
  const isLost = error instanceof VitrineError && error.code === "SOURCE_UNAVAILABLE";
  const sql = sqlErrorOf(error);
  if (!isLost && sql?.sqlState && sql.errno !== ERROR_DURING_COMMIT) return error;
  const what = sql?.errno === ERROR_DURING_COMMIT ? "The server failed" : "The connection was lost";
  return new VitrineError(
    "OUTCOME_UNKNOWN",
    `${what} while the change was being committed: it may have been made, or not. Look before you try again.`,
    { cause: error },
  );
}

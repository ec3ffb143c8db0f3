import mysql from "mysql2/promise";
import { VitrineError } from "../../errors.ts";
import type { MariaDbOptions } from "./mariadb.ts";
import { sqlErrorOf } from "./mariadb-errors.ts";
import { sessionSettings } from "./session-settings.ts";

/** The driver's pool of one server, with our settings in every session. `refusal`: why the server took none of them. */
export function createPool(
  server: mysql.PoolOptions,
  options: MariaDbOptions,
): { readonly pool: mysql.Pool; refusal(): Error | undefined } {
  const pool = mysql.createPool({
    ...server,
    connectionLimit: options.size ?? 10,
    connectTimeout: options.connectTimeoutMs ?? 3000,
    // The driver does not know utf8mb4_nopad_bin: the session's settings make it the collation.
    charset: "utf8mb4_bin",
    timezone: "Z",
    jsonStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    multipleStatements: options.multipleStatements ?? false,
    // Of each connection; the server has a limit for all that clients prepare.
    maxPreparedStatements: 100,
  });
  let refused: Error | undefined;
  pool.on("connection", (connection) => {
    // The typings show the promise API; the event passes the callback one. Without a callback a refused
    // setting would surface as "connection is in closed state".
    const raw = connection as unknown as {
      query(sql: string, done: (error: Error | null) => void): void;
      destroy(): void;
    };
    const set = (settings: string, isMissing: (error: Error) => boolean) =>
      raw.query(settings, (error) => {
        if (!error || isMissing(error)) return;
        refused = error;
        raw.destroy();
      });
    refused = undefined;
    set(sessionSettings, () => false);
    // A build of the server without clusters has nothing to wait for.
    if (options.awaitsCluster) set("set wsrep_sync_wait = 1", (error) => sqlErrorOf(error)?.errno === 1193);
    // What `vitrine_end_statement` asks for. Without it a call that nobody waits for ends at its time limit.
    if (options.callsProcedures)
      raw.query("do get_lock(concat('vitrine_thread_', connection_id()), 0)", () => undefined);
  });
  return { pool, refusal: () => refused };
}

/** What is wrong when a connection was closed for its settings; any other error as it is. */
export const toRefusal = (error: unknown, cause: Error | undefined): unknown =>
  cause && isNeverSent(error)
    ? new VitrineError(
        "SOURCE_UNAVAILABLE",
        `The server refuses a session setting: ${cause.message}. It must be MariaDB 10.11.19 or later.`,
        { cause },
      )
    : error;

const isNeverSent = (error: unknown): boolean =>
  error instanceof VitrineError &&
  error.cause instanceof Error &&
  /closed state|write after end/.test(error.cause.message);

import mysql from "mysql2/promise";
import { VitrineError } from "../../errors.ts";
import { whileWanted } from "../time-limit.ts";
import { askAside } from "./ask-aside.ts";
import { toVitrineError } from "./mariadb-errors.ts";
import { readMariaDbUrl } from "./mariadb-url.ts";
import { createMemory, type Memory } from "./memory.ts";
import { type CountedRows, createSender } from "./send-statements.ts";
import { sessionSettings } from "./session-settings.ts";
import { createTextColumns, type TextColumns } from "./text-columns.ts";
import { watchSilence } from "./watch-silence.ts";

export { sqlErrorOf, toVitrineError } from "./mariadb-errors.ts";

/** A row as mysql2 gives it under our settings: numbers that do not fit, decimals, dates and JSON are text. */
export type Row = Record<string, string | number | Buffer | null>;

/** The part of a connection that our code uses; a pool has it too. */
export interface Queryable {
  /** `isPrepared`: the server reads the text once per connection; for texts that are sent again and again. */
  query<T extends object = Row>(
    sql: string,
    values?: readonly unknown[],
    options?: { readonly isPrepared?: boolean },
  ): Promise<readonly T[]>;
  /** For statements that write: how many rows they changed. */
  run(
    sql: string,
    values?: readonly unknown[],
  ): Promise<{ readonly affectedRows: number; readonly insertId: number }>;
}

export interface MariaDbConnection extends Queryable {
  /** A query whose answer tells whether there is anything to ask `show warnings` for. */
  queryCounted(sql: string, values?: readonly unknown[]): Promise<CountedRows>;
  /** The driver's connection, for what this interface leaves out (`load data`). */
  readonly raw: mysql.PoolConnection;
  /** How text columns compare, remembered for the pool. */
  readonly textColumns: TextColumns;
}

export interface MariaDb extends Queryable, Memory {
  /** Name of the database that the URL names. */
  readonly database: string;
  readonly textColumns: TextColumns;
  /**
   * Runs `work` on one connection of the pool. A connection whose work threw is closed, not reused. When `signal` is
   * aborted before one is free, rejects with its reason and `work` never begins (limited-pool.ts ends what runs).
   */
  withConnection<T>(work: (connection: MariaDbConnection) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Runs `work` in one transaction: commits when it returns, rolls back when it throws. Never tried again: when
   * the connection is lost at the commit, nobody knows whether it happened.
   */
  transaction<T>(work: (connection: MariaDbConnection) => Promise<T>): Promise<T>;
  /**
   * Ends the statement that runs on `connection`, by a connection outside the pool, which may be used up. Never
   * rejects, and gives up after two seconds (four with `callsProcedures`). The kill may come late: do not use `connection` again.
   */
  killQuery(connection: MariaDbConnection): Promise<void>;
  /** How busy the pool is now. */
  usage(): { readonly inUse: number; readonly waiting: number };
  close(): Promise<void>;
}

export interface MariaDbOptions {
  readonly size?: number;
  /** Several statements per query: for migrations and nothing else. */
  readonly multipleStatements?: boolean;
  readonly connectTimeoutMs?: number;
  /** After so long without a byte the server is asked whether a statement still runs. Default: 5 s. */
  readonly silentMs?: number;
  /**
   * Its statements call procedures that have their owner's rights. Inside one the thread belongs to that owner, and may
   * not be killed by the pool's account (error 1095), so its connections offer their statements to `vitrine_end_statement`.
   */
  readonly callsProcedures?: boolean;
}

/** Opens a pool lazily: no connection is made before the first query. @throws VitrineError CONFIG_INVALID (readMariaDbUrl) */
export function openMariaDb(url: string, options: MariaDbOptions = {}): MariaDb {
  const { server, database } = readMariaDbUrl(url);
  const pool = mysql.createPool({
    ...server,
    database,
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
  let refusal: Error | undefined;
  pool.on("connection", (connection) => {
    // The typings show the promise API; the event passes the callback one. Without a callback a refused
    // setting would surface as "connection is in closed state".
    const raw = connection as unknown as {
      query(sql: string, done: (error: Error | null) => void): void;
      destroy(): void;
    };
    raw.query(sessionSettings, (error) => {
      refusal = error ?? undefined;
      if (error) raw.destroy();
    });
    // What `vitrine_end_statement` asks for. Without it a call that nobody waits for ends at its time limit.
    if (options.callsProcedures)
      raw.query("do get_lock(concat('vitrine_thread_', connection_id()), 0)", () => undefined);
  });

  const silence = watchSilence(server, options.silentMs ?? 5000);
  const textColumns = createTextColumns();
  let inUse = 0;
  let waiting = 0;
  /** A connection that its server has left (restart, timeout) is thrown away before anything is sent on it. */
  const checkOut = async (signal?: AbortSignal): Promise<mysql.PoolConnection> => {
    signal?.throwIfAborted();
    waiting += 1;
    try {
      for (;;) {
        const asked = pool.getConnection().catch((error: unknown) => {
          throw toVitrineError(error);
        });
        const raw = await whileWanted(asked, signal, (late) => late.release());
        if (!isClosed(raw)) {
          inUse += 1;
          silence.add(raw);
          return raw;
        }
        raw.destroy();
      }
    } finally {
      waiting -= 1;
    }
  };

  const once = async <T>(ask: (one: Queryable) => Promise<T>): Promise<T> => {
    const raw = await checkOut();
    try {
      return await ask(createSender(raw));
    } catch (error) {
      throw isNeverSent(error) && refusal ? toRefusal(refusal) : error;
    } finally {
      inUse -= 1;
      silence.remove(raw);
      if (isClosed(raw)) raw.destroy();
      else raw.release();
    }
  };

  const withConnection: MariaDb["withConnection"] = async (work, signal) => {
    const raw = await checkOut(signal);
    try {
      const result = await work({ raw, textColumns, ...createSender(raw) });
      raw.release();
      return result;
    } catch (error) {
      raw.destroy();
      throw isNeverSent(error) && refusal ? toRefusal(refusal) : error;
    } finally {
      inUse -= 1;
      silence.remove(raw);
    }
  };

  return {
    ...createMemory(),
    query: (sql, values, how) => once((one) => one.query(sql, values, how)),
    run: (sql, values) => once((one) => one.run(sql, values)),
    database,
    textColumns,
    withConnection,
    usage: () => ({ inUse, waiting }),
    transaction: (work) =>
      withConnection(async (connection) => {
        await connection.run("start transaction");
        try {
          const result = await work(connection);
          await connection.run("commit");
          return result;
        } catch (error) {
          // Closing the connection would roll back too, but a moment later: its locks would still be there.
          await connection.run("rollback").catch(() => undefined);
          throw error;
        }
      }),
    killQuery: async ({ raw }) => {
      const { threadId } = raw;
      if (!(await askAside(server, "kill query ?", [threadId], 1000)) && options.callsProcedures)
        await askAside({ ...server, database }, "call vitrine_end_statement(?)", [threadId], 1000);
    },
    // It waits for statements that run: those are watched to their end.
    close: async () => {
      await pool.end().catch((error: unknown) => {
        // A connection that is lost needs no good-bye.
        if (!(toVitrineError(error) instanceof VitrineError)) throw error;
      });
      silence.close();
    },
  };
}

/** The driver's own knowledge, which its typings leave out: a lost connection may still lie in the pool. */
export function isClosed(raw: mysql.PoolConnection): boolean {
  const { _closing, _fatalError, stream } = raw.connection as unknown as {
    readonly _closing?: boolean;
    readonly _fatalError?: unknown;
    readonly stream?: { readonly destroyed: boolean; readonly readableEnded: boolean };
  };
  return Boolean(_closing || _fatalError || stream?.destroyed || stream?.readableEnded);
}

const isNeverSent = (error: unknown): boolean =>
  error instanceof VitrineError &&
  error.cause instanceof Error &&
  /closed state|write after end/.test(error.cause.message);

const toRefusal = (cause: Error): VitrineError =>
  new VitrineError(
    "SOURCE_UNAVAILABLE",
    `The server refuses a session setting: ${cause.message}. It must be MariaDB 10.11.19 or later.`,
    { cause },
  );

/** Quotes an identifier. Only names from models, information_schema or our own files may come here. */
export const quoteName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

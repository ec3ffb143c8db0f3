import type mysql from "mysql2/promise";
import { VitrineError } from "../../errors.ts";
import { whileWanted } from "../time-limit.ts";
import { addressesByHost } from "./address-hosts.ts";
import { askAside } from "./ask-aside.ts";
import { findWritable } from "./ask-host.ts";
import { createPool, toRefusal } from "./create-pool.ts";
import { toVitrineError } from "./mariadb-errors.ts";
import { readMariaDbUrl } from "./mariadb-url.ts";
import { createMemory, type Memory } from "./memory.ts";
import { type HostPool, openMovingMariaDb } from "./moving-mariadb.ts";
import { type CountedRows, createSender } from "./send-statements.ts";
import { createTextColumns, type TextColumns } from "./text-columns.ts";
import { watchSilence } from "./watch-silence.ts";
import type { WritableHost } from "./writable-host.ts";

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
  /** Of an address that names several servers: the one that takes writes, and how long ago it was last known to. */
  standing?(): { readonly host: string; readonly provenMsAgo: number } | undefined;
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
  /** A server that cannot be asked is given up after so many times `silentMs`. Default: 6, for it may be busy beyond measure. */
  readonly patience?: number;
  /**
   * Its statements call procedures that have their owner's rights. Inside one the thread belongs to that owner, and may
   * not be killed by the pool's account (error 1095), so its connections offer their statements to `vitrine_end_statement`.
   */
  readonly callsProcedures?: boolean;
  /** Of an address that names several servers: the one that takes writes, shared with other pools. Default: its own. */
  readonly host?: WritableHost;
  /** Its reads wait for what the cluster has agreed on, wherever that was written. Means nothing without a cluster. */
  readonly awaitsCluster?: boolean;
}

/**
 * Opens a pool lazily: no connection is made before the first query. One of an address that names several servers is of that
 * which takes writes. @throws VitrineError CONFIG_INVALID (readMariaDbUrl)
 */
export function openMariaDb(url: string, options: MariaDbOptions = {}): MariaDb {
  const addresses = addressesByHost(url);
  const [first = url] = addresses.values();
  if (addresses.size < 2) return openHostPool(first, options);
  return openMovingMariaDb({
    ...{ database: readMariaDbUrl(first).database, host: options.host ?? findWritable(url) },
    isOwn: !options.host,
    open: (host) => openHostPool(addresses.get(host) ?? first, options),
  });
}

/** A pool of one server. */
function openHostPool(url: string, options: MariaDbOptions): HostPool {
  const { server, database } = readMariaDbUrl(url);
  const { pool, refusal } = createPool({ ...server, database }, options);
  const silence = watchSilence(server, options.silentMs ?? 5000, options.patience);
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
      throw toRefusal(error, refusal());
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
      throw toRefusal(error, refusal());
    } finally {
      inUse -= 1;
      silence.remove(raw);
    }
  };

  /** It waits for statements that run: those are watched to their end. */
  const close = async () => {
    await pool.end().catch((error: unknown) => {
      // A connection that is lost needs no good-bye.
      if (!(toVitrineError(error) instanceof VitrineError)) throw error;
    });
    silence.close();
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
    close,
    abandon() {
      silence.cutAll(Object.assign(new Error("Another server takes writes now."), { code: "ECONNRESET" }));
      void close().catch(() => undefined);
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

/** Quotes an identifier. Only names from models, information_schema or our own files may come here. */
export const quoteName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

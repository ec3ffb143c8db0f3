import { VitrineError } from "../../errors.ts";
import type { MariaDb, MariaDbConnection } from "./mariadb.ts";
import { sqlErrorOf } from "./mariadb-errors.ts";
import type { WritableHost } from "./writable-host.ts";

/** A pool of one server. */
export interface HostPool extends MariaDb {
  /** Fails whatever runs on it, as when the server is lost, and closes it. */
  abandon(): void;
}

/**
 * A pool of the server that takes writes, whichever of several it is. When another one is, whatever runs on the one before
 * fails with SOURCE_UNAVAILABLE: an answer of a server that was left says nothing of what is committed now.
 */
export function openMovingMariaDb(options: {
  readonly host: WritableHost;
  /** It is closed with the pool. */
  readonly isOwn: boolean;
  readonly database: string;
  readonly open: (address: string) => HostPool;
}): MariaDb {
  const { host, database, open } = options;
  const pools = new Map<string, HostPool>();
  const owners = new WeakMap<object, HostPool>();
  let last: HostPool | undefined;
  host.onMove((left) => {
    const abandoned = pools.get(left);
    if (last === abandoned) last = undefined;
    pools.delete(left);
    abandoned?.abandon();
  });
  /** Of the server that is the one when it is returned: it may have been left since it was told. */
  const poolNow = async (): Promise<{ readonly address: string; readonly pool: HostPool }> => {
    for (;;) {
      const address = await host.current();
      if (host.standing()?.host !== address) continue;
      const pool = pools.get(address) ?? open(address);
      pools.set(address, pool);
      last = pool;
      return { address, pool };
    }
  };
  const use = async <T>(work: (pool: HostPool) => Promise<T>): Promise<T> => {
    const { address, pool } = await poolNow();
    try {
      return await work(pool);
    } catch (error) {
      if (isOfServer(error)) host.suspect(address);
      throw error;
    }
  };
  const owned =
    <T>(pool: HostPool, work: (connection: MariaDbConnection) => Promise<T>) =>
    (connection: MariaDbConnection): Promise<T> => {
      owners.set(connection.raw, pool);
      return work(connection);
    };
  return {
    database,
    query: (sql, values, options) => use((pool) => pool.query(sql, values, options)),
    run: (sql, values) => use((pool) => pool.run(sql, values)),
    withConnection: (work, signal) => use((pool) => pool.withConnection(owned(pool, work), signal)),
    transaction: (work) => use((pool) => pool.transaction(owned(pool, work))),
    killQuery: async (connection) => owners.get(connection.raw)?.killQuery(connection),
    // What was read of one server is not asked of another.
    remember: async (key, keepMs, read) => (await poolNow()).pool.remember(key, keepMs, read),
    forget: (key) => last?.forget(key),
    get textColumns() {
      if (last) return last.textColumns;
      throw new TypeError("Text columns are asked for on a connection.");
    },
    standing: host.standing,
    usage: () =>
      [...pools.values()]
        .map((pool) => pool.usage())
        .reduce((sum, one) => ({ inUse: sum.inUse + one.inUse, waiting: sum.waiting + one.waiting }), {
          inUse: 0,
          waiting: 0,
        }),
    close: async () => {
      if (options.isOwn) host.close();
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** Lost, not ready, or read only: another server may do it. Too many connections or a full disk are no reason to leave. */
function isOfServer(error: unknown): boolean {
  if (!(error instanceof VitrineError) || error.code !== "SOURCE_UNAVAILABLE") return false;
  const errno = sqlErrorOf(error)?.errno ?? 0;
  return errno === 1047 || errno === 1290 || errno === 1836 || error.details?.errno === undefined;
}

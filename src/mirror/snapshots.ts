import { openSnapshotAt, raisePosition } from "../core/position.ts";
import { isClosed, type MariaDb, type MariaDbConnection } from "../stores/mariadb/mariadb.ts";
import { readNames, type SnapshotReads } from "../stores/mariadb/open-snapshot.ts";
import { readOnOneServer } from "../stores/mariadb/read-on-one-server.ts";
import { retryDeadlock } from "../stores/mariadb/retry-deadlock.ts";
import type { Position } from "../stores/mongodb/mirror-records.ts";

/** A consistent view of the source with its number: a larger position is a later snapshot. */
export interface Snapshot {
  readonly position: Position;
  /** Repeatable read, read only. */
  readonly connection: MariaDbConnection;
  /** Ends it. A snapshot that was not released is ended by the server after 10 s without a statement. */
  release(): Promise<void>;
}

export interface Snapshots {
  /** Opens the next snapshot, to read this in (default: anything); the one before must have been released. */
  open(reads?: SnapshotReads): Promise<Snapshot>;
  /** One of its connections is closed. */
  isLost(): boolean;
}

/** 0: what ends soon; 1: what is known to take long; 2: what takes long and nobody waits for, as the ranges of a rebuild. */
export type Leaves = 0 | 1 | 2;

/** Pairs of connections that many share, each for one batch. */
export interface SnapshotPool {
  /**
   * Runs `work` with a pair, when one is free; who came first comes first. `leaves`: so many pairs are kept for work that
   * leaves fewer, should there be as many. A pair whose work threw is closed.
   */
  use<T>(work: (snapshots: Snapshots) => Promise<T>, options?: { readonly leaves?: Leaves }): Promise<T>;
  /** Closes pairs that nobody uses, and those in use when they are given back. */
  close(): Promise<void>;
}

/** A pool of so many pairs at most, opened when they are needed. */
export function createSnapshotPool(db: MariaDb, pairs: number): SnapshotPool {
  const idle: Pair[] = [];
  const waiting: { readonly leaves: Leaves; readonly take: () => void }[] = [];
  // How many are in use by work that leaves so many pairs or more.
  const inUse = [0, 0, 0];
  let isClosed = false;
  const isFree = (leaves: Leaves) =>
    inUse.every((used, least) => least > leaves || used < Math.max(1, pairs - least));
  const count = (leaves: Leaves, change: 1 | -1) => {
    for (let least = 0; least <= leaves; least++) inUse[least] = (inUse[least] ?? 0) + change;
  };
  const admit = () => {
    const index = waiting.findIndex(({ leaves }) => isFree(leaves));
    if (index >= 0) waiting.splice(index, 1)[0]?.take();
  };
  const enter = async (leaves: Leaves) => {
    if (waiting.length > 0 || !isFree(leaves))
      await new Promise<void>((resolve) => {
        // Counted when it is admitted, so that nobody else takes its place before it goes on.
        const take = () => {
          count(leaves, 1);
          resolve();
        };
        waiting.push({ leaves, take });
        admit();
      });
    else count(leaves, 1);
  };
  /** One whose server has left meanwhile (a restart) is thrown away before anything is sent on it. */
  const takeIdle = async (): Promise<Pair | undefined> => {
    for (let pair = idle.pop(); pair; pair = idle.pop()) {
      const { isLost } = await pair.snapshots;
      if (!isLost()) return pair;
      await pair.discard(new Error("The server has left."));
    }
    return undefined;
  };
  const leave = (leaves: Leaves) => {
    count(leaves, -1);
    admit();
  };
  return {
    async use(work, { leaves = 0 } = {}) {
      await enter(leaves);
      try {
        const pair = (await takeIdle()) ?? openPair(db);
        try {
          const result = await work(await pair.snapshots);
          if (isClosed) await pair.close();
          else idle.push(pair);
          return result;
        } catch (error) {
          await pair.discard(error);
          throw error;
        }
      } finally {
        leave(leaves);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all(idle.splice(0).map((pair) => pair.close()));
    },
  };
}

interface Pair {
  readonly snapshots: Promise<Snapshots>;
  close(): Promise<void>;
  /** Its connections are closed, not reused. */
  discard(reason: unknown): Promise<void>;
}

function openPair(db: MariaDb): Pair {
  let end: { readonly close: () => void; readonly discard: (reason: unknown) => void } | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = { close: resolve, discard: reject };
  });
  // It may be discarded before anybody waits for it.
  ended.catch(() => undefined);
  let ready: { readonly resolve: (one: Snapshots) => void; readonly reject: (error: unknown) => void };
  const snapshots = new Promise<Snapshots>((resolve, reject) => {
    ready = { resolve, reject };
  });
  const life = withSnapshots(db, async (one) => {
    ready.resolve(one);
    await ended;
  });
  life.catch((error) => ready.reject(error));
  snapshots.catch(() => undefined);
  return {
    snapshots,
    async close() {
      end?.close();
      await life.catch(() => undefined);
    },
    async discard(reason) {
      end?.discard(reason);
      await life.catch(() => undefined);
    },
  };
}

/**
 * Takes a pair of connections for as long as `work` runs. One raises the position and keeps the row lock
 * while the other opens its snapshot; so positions are ordered as snapshots are, for any number of loaders,
 * without clocks or leases. A loader that stalls between the two is cut off by the server after 2 s
 * (without this it stops all others), and its snapshot is thrown away, because its position may be given again.
 * Behind a balancer the two may lead to two servers: see readOnOneServer.
 */
export async function withSnapshots<T>(db: MariaDb, work: (snapshots: Snapshots) => Promise<T>): Promise<T> {
  return db.withConnection((counter) =>
    db.withConnection(async (reader) => {
      // Without autocommit a transaction begins by itself: one round trip less per snapshot.
      await counter.run(
        "set session autocommit = 0, idle_write_transaction_timeout = 2, innodb_lock_wait_timeout = 10",
      );
      await reader.run("set session transaction isolation level repeatable read, read only");
      // A definition that is locked is not waited for as long as the position is held: nobody could take another.
      await reader.run(
        "set session autocommit = 0, idle_readonly_transaction_timeout = 10, lock_wait_timeout = 1",
      );
      const giveBack = await readOnOneServer(counter, reader);
      const result = await work({
        open: (reads) => retryDeadlock(() => openNumbered(db, { counter, reader }, reads)),
        isLost: () => isClosed(counter.raw) || isClosed(reader.raw),
      });
      // Other work will get these connections.
      await giveBack();
      await counter.run(
        `set session autocommit = 1, idle_write_transaction_timeout = default,
          innodb_lock_wait_timeout = default`,
      );
      await reader.run(
        `set session autocommit = 1, idle_readonly_transaction_timeout = default, lock_wait_timeout = default,
          tx_isolation = default, tx_read_only = default`,
      );
      return result;
    }),
  );
}

interface Connections {
  readonly counter: MariaDbConnection;
  readonly reader: MariaDbConnection;
}

/** A position that was refused leaves neither a lock nor a snapshot. */
async function openNumbered(
  db: MariaDb,
  { counter, reader }: Connections,
  reads: SnapshotReads | undefined,
): Promise<Snapshot> {
  try {
    // Before the position is held: others wait for that.
    await readNames(db, reader);
    return await tryToOpen(db, { counter, reader }, reads);
  } catch (error) {
    // Where the connection itself is lost, this fails too, and says less.
    await Promise.all([counter, reader].map((one) => one.run("rollback"))).catch(() => undefined);
    throw error;
  }
}

async function tryToOpen(
  db: MariaDb,
  { counter, reader }: Connections,
  reads: SnapshotReads | undefined,
): Promise<Snapshot> {
  const n = await raisePosition(counter);
  const shown = await openSnapshotAt(db, reader, reads);
  // Throws when the commit is not confirmed; then both connections are closed, and the snapshot with them.
  await counter.run("commit");
  return {
    position: { ...shown, n },
    connection: reader,
    release: async () => {
      await reader.run("commit");
    },
  };
}

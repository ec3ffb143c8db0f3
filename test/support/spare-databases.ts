import { setTimeout as sleep } from "node:timers/promises";
import { type MariaDb, openMariaDb, quoteName } from "../../src/stores/mariadb/mariadb.ts";
import {
  type DatabaseState,
  type KeptRows,
  readDatabaseState,
  readRows,
  refreshStatistics,
  resetRows,
  resetSequences,
} from "./database-state.ts";
import { type AccountUrls, dropAccounts } from "./test-accounts.ts";

/** A migrated database that nobody uses, and what must be so when the next test gets it. */
export interface SpareDatabase {
  readonly name: string;
  readonly urls: AccountUrls;
  readonly pristine: DatabaseState;
  readonly kept: KeptRows;
}

/**
 * Where migrated databases wait between two files of tests: a table of a database that the set-up of a run makes.
 * To migrate the shop takes 1.3 s of processor, to empty its database and to see that it is as before 0.12 s.
 */
export interface SpareDatabases {
  /** One whose SQL and definitions have this hash, or undefined. Nobody else gets it. */
  take(hash: string): Promise<SpareDatabase | undefined>;
  put(hash: string, spare: SpareDatabase): Promise<void>;
}

/** Makes the table. @returns the function that drops it, and every database that waits there */
export async function createSpareDatabases(server: MariaDb, pool: string): Promise<() => Promise<void>> {
  await server.query(`create database ${quoteName(pool)};
    create table ${tableOf(pool)} (
      name varchar(64) not null primary key, hash char(64) not null, spare longtext not null, key spare_hash_ix (hash))`);
  return async () => {
    const spares = await server.query<{ name: string }>(`select name from ${tableOf(pool)}`);
    for (const { name } of spares) await dropDatabase(server, name);
    await server.query(`drop database ${quoteName(pool)}`);
  };
}

export function openSpareDatabases(server: MariaDb, pool: string): SpareDatabases {
  return {
    take: async (hash) => {
      const [row] = await server.query<{ spare: string }>(
        `delete from ${tableOf(pool)} where hash = ? limit 1 returning spare`,
        [hash],
      );
      // As `put` wrote it.
      return row && (JSON.parse(row.spare) as SpareDatabase);
    },
    put: async (hash, spare) => {
      await server.run(`insert into ${tableOf(pool)} (name, hash, spare) values (?, ?, ?)`, [
        spare.name,
        hash,
        JSON.stringify(spare),
      ]);
    },
  };
}

const tableOf = (pool: string) => `${quoteName(pool)}.spare`;

export async function dropDatabase(server: MariaDb, name: string): Promise<void> {
  await server.query(`drop database if exists ${quoteName(name)}`);
  await dropAccounts(server, name);
}

/** What a database that has just been migrated is. */
export async function describeSpare(admin: MariaDb, urls: AccountUrls): Promise<SpareDatabase> {
  const { counts } = await readDatabaseState(admin);
  await refreshStatistics(admin, counts);
  const pristine = await readDatabaseState(admin);
  return { name: admin.database, urls, pristine, kept: await readRows(admin, pristine) };
}

/**
 * Makes a used database what it was when it was migrated, with an incarnation of its own.
 * @returns false when that cannot be done: a test has changed an object or a right, or there are too many rows
 */
export async function restoreSpare(server: MariaDb, url: string, spare: SpareDatabase): Promise<boolean> {
  if (!(await endConnections(server, spare.name))) return false;
  const admin = openMariaDb(url, { size: 1, multipleStatements: true });
  try {
    const isReset = await admin.withConnection((connection) => resetRows(connection, spare.kept));
    if (!isReset) return false;
    await admin.run("update vitrine_position set incarnation = uuid()");
    await resetSequences(admin, spare.pristine);
    await refreshStatistics(admin, spare.pristine.counts);
    return isSame(await readDatabaseState(admin), spare.pristine);
  } catch {
    // A table that a test has altered may refuse: the next test gets another database.
    return false;
  } finally {
    await admin.close();
  }
}

const isSame = (one: DatabaseState, other: DatabaseState): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/**
 * Ends what tests have left connected. While a server reads triggers for information_schema, its thread is for a moment in the
 * database of each table that it opens: one at work is ended only when it is still there at the fifth look.
 * @returns whether all have gone within five seconds
 */
export async function endConnections(server: MariaDb, name: string): Promise<boolean> {
  const looks = new Map<string, number>();
  for (const end = Date.now() + 5000; Date.now() < end; await sleep(20)) {
    const threads = await server.query<{ id: string; command: string }>(
      "select id, command from information_schema.processlist where db = ?",
      [name],
    );
    if (threads.length === 0) return true;
    for (const { id, command } of threads) {
      looks.set(id, (looks.get(id) ?? 0) + 1);
      if (command === "Sleep" || Number(looks.get(id)) >= 5) await server.query(`kill ${id}`).catch(() => {});
    }
  }
  return false;
}

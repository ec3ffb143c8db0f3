import { setTimeout as sleep } from "node:timers/promises";
import { type Snapshot, withSnapshots } from "../../src/mirror/snapshots.ts";
import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { intercept } from "./intercept.ts";
import type { MirrorShop } from "./mirror-shop.ts";

/** What a loader sees, and at which position. */
const look = <T>(db: MariaDb, read: (snapshot: Snapshot) => Promise<T>) =>
  withSnapshots(db, async (snapshots) => {
    const snapshot = await snapshots.open();
    const seen = { n: snapshot.position.n, value: await read(snapshot) };
    await snapshot.release();
    return seen;
  });

/** The same database for a loader that may stand still for as long as it takes: the server does not cut it off. */
const patient = (db: MariaDb): MariaDb => ({
  ...db,
  withConnection: (work) =>
    db.withConnection((connection) =>
      work({
        ...connection,
        run: (sql, values) => connection.run(sql.replace(/(idle_write\w+ = )2,/, "$1 60,"), values),
      }),
    ),
});

/** Whether somebody waits for a lock on a row of this database. InnoDB renews what it says every 100 ms. */
async function isSomebodyWaiting({ admin }: Pick<MirrorShop, "admin">): Promise<boolean> {
  await sleep(110);
  const waiting = await admin.query(
    `select 1 from information_schema.innodb_trx as trx
    join information_schema.processlist as thread on thread.id = trx.trx_mysql_thread_id
    where thread.db = database() and trx.trx_state = 'LOCK WAIT'`,
  );
  return waiting.length > 0;
}

/**
 * What two loaders see, in the order of their positions. The first stands still before a statement until the second has
 * seen, or waits for the first; then somebody writes.
 */
export async function openBoth<T>(
  shop: Pick<MirrorShop, "admin" | "db">,
  statement: RegExp,
  read: (snapshot: Snapshot) => Promise<T>,
  write: () => Promise<unknown>,
): Promise<readonly T[]> {
  let arrive = () => {};
  let goOn = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const going = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const first = look(
    intercept(patient(shop.db), (sql) => {
      if (!statement.test(sql)) return undefined;
      arrive();
      return going;
    }),
    read,
  );
  await Promise.race([arrived, first]);
  let hasSeen = false;
  const second = look(shop.db, read).finally(() => {
    hasSeen = true;
  });
  while (!hasSeen && !(await isSomebodyWaiting(shop)));
  await write();
  goOn();
  const both = [await first, await second];
  return both.sort((a, b) => Number(a.n - b.n)).map(({ value }) => value);
}

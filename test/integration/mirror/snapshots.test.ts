import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStates } from "../../../src/core/acknowledge.ts";
import { createBatchReader } from "../../../src/mirror/apply/batch-reader.ts";
import { type Snapshot, type Snapshots, withSnapshots } from "../../../src/mirror/snapshots.ts";
import {
  type MariaDb,
  type MariaDbConnection,
  openMariaDb,
  sqlErrorOf,
} from "../../../src/stores/mariadb/mariadb.ts";
import { intercept } from "../../support/intercept.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";
import { openBoth } from "../../support/open-both.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.admin.query("create table tick (value int not null) engine = InnoDB");
  await shop.db.run("insert into tick values (0)");
  await shop.admin.query(
    "create table tally (id int not null primary key, value int not null, pad char(200) not null) engine = InnoDB",
  );
  await shop.admin.query("create view tallies as select id, value from tally");
  await shop.db.run("insert into tally select seq, 0, 'x' from seq_1_to_300000");
});
afterAll(() => shop.close());

const readTick = async ({ connection }: Pick<Snapshot, "connection">) =>
  Number((await connection.query<{ value: number }>("select value from tick"))[0]?.value);

const LOCK_WAIT_TIMEOUT = 1205;

const write = () => shop.db.run("update tick set value = value + 1");

/** The statement that opens the snapshot. */
const opening = /incarnation from vitrine_position/;

/** A loader that stands still before each statement that fits. */
const slow = (statement: RegExp, ms: number): MariaDb =>
  intercept(shop.db, (sql) => (statement.test(sql) ? sleep(ms) : undefined));

test("the row lock is held until the snapshot is open: a loader that is slow in between is waited for", async () => {
  const [earlier, later] = await openBoth(shop, opening, readTick, write);
  expect(later).toBeGreaterThanOrEqual(earlier ?? 0);
});

test("the snapshot is taken before the lock goes, and not by its first read", async () => {
  const [earlier, later] = await openBoth(shop, /select value/, readTick, write);
  expect(later).toBeGreaterThanOrEqual(earlier ?? 0);
});

test("every statement of a snapshot shows the same moment", async () => {
  await withSnapshots(shop.db, async (snapshots) => {
    const snapshot = await snapshots.open();
    const before = await readTick(snapshot);
    await shop.db.run("update tick set value = value + 1");
    expect(await readTick(snapshot)).toBe(before);
    await snapshot.release();
    const next = await snapshots.open();
    expect(await readTick(next)).toBe(before + 1);
    await next.release();
  });
});

const rebuild = "alter table tally force";
/** What the server says of the rebuild; null when none runs. */
async function readState(): Promise<string | null> {
  const [row] = await shop.admin.query<{ state: string }>(
    "select state from information_schema.processlist where info = ?",
    [rebuild],
  );
  return row?.state ?? null;
}

/** Whether the rows could be written now. Who waits for the end of a rebuild waits for the snapshot that it waits for. */
const writeAtOnce = () =>
  shop.db
    .run("set statement lock_wait_timeout = 0 for update tally set value = value + 1 where id in (1, 2, 3)")
    .then(
      () => true,
      (error: unknown) => {
        if (sqlErrorOf(error)?.errno === LOCK_WAIT_TIMEOUT) return false;
        throw error;
      },
    );

/** What a snapshot shows of rows that are written while their table is rebuilt; null when the rebuild was over too soon. */
async function readAcrossRebuild(snapshots: Snapshots): Promise<readonly unknown[] | null> {
  await shop.db.run("update tally set value = 0 where id < 4");
  // The names of the tables are known then.
  await (await snapshots.open()).release();
  let isOver = false;
  const rebuilt = shop.admin.query(rebuild).finally(() => {
    isOver = true;
  });
  while (!isOver && !(await readState())?.includes("altering table")) await sleep(5);
  const { connection, release } = await snapshots.open();
  const isWritten = (await writeAtOnce()) && (await readState()) !== null;
  // It ends, or waits for this snapshot, which would end by itself if nobody used it for ten seconds.
  while (isWritten && !isOver && !(await readState())?.includes("metadata lock")) {
    await connection.query("select 1");
    await sleep(20);
  }
  const seen = isWritten ? await connection.query("select id, value from tallies where id < 4") : null;
  await release();
  await rebuilt;
  return seen;
}

test("a table that is rebuilt while the snapshot begins keeps every row in it", async () => {
  await withSnapshots(shop.db, async (snapshots) => {
    let seen = await readAcrossRebuild(snapshots);
    // A machine that is slow between two statements needs a rebuild that takes longer.
    for (let rows = 300_000; seen === null && rows < 5_000_000; rows *= 2) {
      await shop.db.run("insert into tally select id + ?, 0, 'x' from tally", [rows]);
      seen = await readAcrossRebuild(snapshots);
    }
    expect(seen).toEqual([1, 2, 3].map((id) => ({ id, value: 0 })));
  });
});

test("tables that no view names are not held: whoever alters or empties them need not wait", async () => {
  await shop.admin.query("create table aside (id int) engine = InnoDB");
  const empty = (table: string) =>
    shop.admin.query(`set statement lock_wait_timeout = 1 for truncate table ${table}`);
  await withSnapshots(shop.db, async (snapshots) => {
    const snapshot = await snapshots.open();
    await empty("aside");
    await expect(empty("tally")).rejects.toMatchObject({ errno: 1205 });
    await snapshot.release();
  });
});

test("a loader that stalls with the position in its hand is cut off, and the others go on", async () => {
  const stalled = withSnapshots(slow(opening, 4500), async (snapshots) => {
    await snapshots.open();
  });
  const cutOff = expect(stalled).rejects.toThrow();
  await sleep(150);
  const started = Date.now();
  await withSnapshots(shop.db, async (snapshots) => {
    await (await snapshots.open()).release();
  });
  expect(Date.now() - started).toBeLessThan(3500);
  await cutOff;
});

test("a snapshot that nobody uses ends by itself", async () => {
  await withSnapshots(shop.db, async (snapshots) => {
    const { connection, release } = await snapshots.open();
    const [row] = await connection.query<{ seconds: number }>(
      "select @@session.idle_readonly_transaction_timeout as seconds",
    );
    expect(Number(row?.seconds)).toBe(10);
    await release();
  });
});

test("connections come back as they were", async () => {
  const pool = openMariaDb(shop.mariadbUrl, { size: 2 });
  const settings = ({ query }: MariaDbConnection) =>
    query(`select @@autocommit, @@innodb_lock_wait_timeout, @@idle_write_transaction_timeout,
      @@idle_readonly_transaction_timeout, @@lock_wait_timeout, @@session.tx_read_only`);
  const ofBoth = () =>
    pool.withConnection((one) =>
      pool.withConnection((other) => Promise.all([settings(one), settings(other)])),
    );
  try {
    const before = await ofBoth();
    await withSnapshots(pool, async (snapshots) => (await snapshots.open()).release());
    expect(await ofBoth()).toEqual(before);
  } finally {
    await pool.close();
  }
});

test("nothing is open any more when a batch has been read: MongoDB may take its time", async () => {
  await createStates(shop.db, [shop.model("order_details")]);
  await shop.db.run(
    "insert into vitrine_pending (model, document_id, logged_at) values ('order_details', '1', utc_timestamp(6))",
  );
  const used: MariaDbConnection[] = [];
  const noting: MariaDb = {
    ...shop.db,
    withConnection: (work) =>
      shop.db.withConnection((connection) => {
        used.push(connection);
        return work(connection);
      }),
  };
  await withSnapshots(noting, async (snapshots) => {
    const reader = createBatchReader(shop.model("order_details"), () => 0n);
    const { batch } = await reader.read(snapshots, { changes: true, rebuild: null });
    expect(batch?.entries.length).toBe(1);
    expect(used).toHaveLength(2);
    for (const { query } of used)
      expect(await query("select @@in_transaction as `open`")).toEqual([
        { open: expect.toSatisfy((n) => Number(n) === 0) },
      ]);
  });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Change, deleteChanges, readChangeTables } from "../../../src/core/change-tables.ts";
import { readCommitted } from "../../../src/core/read-committed.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import type { MariaDbConnection } from "../../../src/stores/mariadb/mariadb.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";

let garden: TestMirror;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
});
afterAll(() => garden.close());

// Beds: their writers do not meet each other in any other table.
const toChanges = async (ids: readonly string[]): Promise<readonly Change[]> => {
  const table = (await readChangeTables(garden.db)).find(({ source }) => source === "bed");
  if (!table) throw new Error("Beds are not captured.");
  return ids.map((id) => ({ table, id, loggedAt: "" }));
};
const renameBed = "update bed set name = ? where bed_id = ?";

test("a change that commits after a later one is not lost, as it is with a watermark", async () => {
  let watermark = 0n;
  const pastWatermark = async () => {
    const rows = await garden.db.query<{ id: string }>(
      "select vitrine_id as id from vitrine_change_bed where vitrine_id > ? order by vitrine_id",
      [watermark],
    );
    for (const row of rows) watermark = BigInt(row.id);
    return rows.length;
  };
  await garden.db.withConnection(async (slow) => {
    await slow.run("start transaction");
    await slow.run(renameBed, ["Slow", 1]);
    await garden.db.run(renameBed, ["Fast", 2]);
    expect(await pastWatermark()).toBe(1);
    await garden.mirror();
    await slow.run("commit");
  });
  expect(await pastWatermark()).toBe(0);
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
  expect(await garden.disagreements()).toEqual([]);
});

test("a change that commits after a later one is not lost by a loader that has seen the later one", async () => {
  const stop = new AbortController();
  const running = garden.createLoader().run(stop.signal);
  const isLogged = async (bedId: number) =>
    (await garden.db.query("select 1 from vitrine_change_bed where bed_id = ?", [bedId])).length > 0;
  try {
    await garden.db.withConnection(async (slow) => {
      await slow.run("start transaction");
      await slow.run(renameBed, ["Slower", 1]);
      await garden.db.run(renameBed, ["Faster", 2]);
      await expect.poll(() => isLogged(2), { timeout: 20_000 }).toBe(false);
      await slow.run("commit");
    });
    await expect.poll(() => isLogged(1), { timeout: 20_000 }).toBe(false);
  } finally {
    stop.abort();
    await running;
  }
  await garden.mirror();
  expect(await garden.defects()).toEqual([]);
});

test("deleting what was resolved does not wait for an insert in flight, as a range does", async () => {
  await garden.db.run(renameBed, ["One", 1]);
  await garden.db.run(renameBed, ["Two", 2]);
  const ids = await garden.db.query<{ id: string }>("select vitrine_id as id from vitrine_change_bed");
  const first = ids[0]?.id;
  await garden.db.withConnection(async (writer) => {
    await writer.run("start transaction");
    await writer.run(renameBed, ["Three", 3]);
    const range = garden.db.withConnection(async (connection) => {
      await connection.run("set session innodb_lock_wait_timeout = 1");
      await connection.run("delete from vitrine_change_bed where vitrine_id between ? and ?", [
        first,
        Number(first) + 50,
      ]);
    });
    await expect(range).rejects.toMatchObject({ errno: 1205 });
    await readCommitted(garden.db, async (connection) => {
      await connection.run("set session innodb_lock_wait_timeout = 2");
      await deleteChanges(connection, await toChanges(ids.map((row) => row.id)));
      await connection.run("set session innodb_lock_wait_timeout = default");
    });
    await writer.run("commit");
  });
  await garden.db.run("update bed set name = concat(name, '!')");
  await garden.mirror();
});

test("acknowledging what another loader has acknowledged already keeps no writer waiting", async () => {
  await garden.db.run(renameBed, ["Four", 1]);
  const [last] = await garden.db.query<{ id: string }>(
    "select max(vitrine_id) as id from vitrine_change_bed",
  );
  // As if deleted and purged: no row is there, and what a lock would hold is the gap that new rows go into.
  const gone = await toChanges([String(Number(last?.id) + 1000)]);
  await readCommitted(garden.db, async (late) => {
    expect(await deleteChanges(late, gone)).toBe(0);
    await garden.db.withConnection(async (writer) => {
      await writer.run("set session innodb_lock_wait_timeout = 2");
      await writer.run(renameBed, ["Five", 1]);
      await writer.run("set session innodb_lock_wait_timeout = default");
    });
  });
  await garden.db.run("update bed set name = concat(name, '?')");
  await garden.mirror();
});

/** Runs `work` while a row is in flight that has this id. */
const whileInFlight = (id: number, work: (connection: MariaDbConnection) => Promise<void>) =>
  garden.db.withConnection(async (writer) => {
    await writer.run("start transaction");
    await writer.run("insert into vitrine_change_bed (vitrine_id, bed_id) values (?, 1)", [id]);
    await readCommitted(garden.db, async (connection) => {
      await connection.run("set session innodb_lock_wait_timeout = 2");
      await work(connection);
      await connection.run("set session innodb_lock_wait_timeout = default");
    });
    await writer.run("commit");
  });

test("a run of changes is deleted as a range, which waits for no insert right behind it", async () => {
  for (let at = 0; at < 60; at += 1) await garden.db.run(renameBed, [`Run ${at}`, 1]);
  const rows = await garden.db.query<{ id: string }>(
    "select vitrine_id as id from vitrine_change_bed order by vitrine_id",
  );
  const ids = rows.map(({ id }) => String(id));
  const next = Number(ids.at(-1)) + 1;
  const sent: string[] = [];
  await whileInFlight(next, async (connection) => {
    const run: MariaDbConnection["run"] = (sql, values) => {
      sent.push(sql);
      return connection.run(sql, values);
    };
    expect(await deleteChanges({ ...connection, run }, await toChanges(ids))).toBe(ids.length);
  });
  expect(sent.filter((sql) => sql.includes(">="))).toHaveLength(1);
  const left = await garden.db.query<{ id: string }>("select vitrine_id as id from vitrine_change_bed");
  expect(left.map(({ id }) => Number(id))).toEqual([next]);
  await garden.mirror();
});

test("a run that another loader has deleted is looked up, for the row behind it may be in flight", async () => {
  const [last] = await garden.db.query<{ id: string }>(
    `select auto_increment as id from information_schema.tables
    where table_schema = database() and table_name = 'vitrine_change_bed'`,
  );
  const first = Number(last?.id) + 1000;
  const gone = Array.from({ length: 60 }, (_, at) => String(first + at));
  await whileInFlight(first + 100, async (connection) => {
    expect(await deleteChanges(connection, await toChanges(gone))).toBe(0);
  });
  await garden.mirror();
});

test("a list of 1,500 ids stays a lookup by index for the loader's sessions", async () => {
  const ids = Array.from({ length: 1500 }, (_, index) => index);
  const plan = await garden.db.query(
    `explain select * from gardener_plants where gardener_id in (${ids.join(",")})`,
  );
  expect(JSON.stringify(plan)).not.toContain("<derived");
  await garden.db.withConnection(async (connection) => {
    await connection.run("set session in_predicate_conversion_threshold = 1000");
    const slow = await connection.query(
      `explain select * from gardener_plants where gardener_id in (${ids.join(",")})`,
    );
    expect(JSON.stringify(slow)).toContain("<derived");
    await connection.run("set session in_predicate_conversion_threshold = 0");
  });
});

test("positions are in the order of their snapshots, however many take them at once", async () => {
  await garden.admin.query("create table tick (value int not null) engine = InnoDB");
  await garden.db.run("insert into tick values (0)");
  const seen: { n: bigint; value: number }[] = [];
  const stop = new AbortController();
  const writing = (async () => {
    while (!stop.signal.aborted) await garden.db.run("update tick set value = value + 1");
  })();
  const take = () =>
    withSnapshots(garden.db, async (snapshots) => {
      for (let round = 0; round < 25; round++) {
        const snapshot = await snapshots.open();
        const [row] = await snapshot.connection.query<{ value: number }>("select value from tick");
        await snapshot.release();
        seen.push({ n: snapshot.position.n, value: row?.value ?? -1 });
      }
    });
  await Promise.all(Array.from({ length: 8 }, take));
  stop.abort();
  await writing;
  seen.sort((a, b) => Number(a.n - b.n));
  expect(new Set(seen.map(({ n }) => n)).size).toBe(200);
  const values = seen.map(({ value }) => value);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(new Set(values).size).toBeGreaterThan(5);
});

test("without the held lock a smaller position can be a later snapshot", async () => {
  const raise = async () =>
    (await garden.db.run("update vitrine_position set n = last_insert_id(n + 1)")).insertId;
  const value = () => garden.db.query<{ value: number }>("select value from tick");
  const earlier = await raise();
  const later = await raise();
  const [seenByLater] = await value();
  await garden.db.run("update tick set value = value + 1");
  const [seenByEarlier] = await value();
  expect(earlier).toBeLessThan(later);
  expect(seenByEarlier?.value).toBeGreaterThan(seenByLater?.value ?? 0);
});

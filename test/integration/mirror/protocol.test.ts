import { afterAll, beforeAll, expect, test } from "vitest";
import { type Change, deleteChanges, readChangeTables } from "../../../src/core/change-tables.ts";
import { readCommitted } from "../../../src/core/read-committed.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
  await shop.mirror();
});
afterAll(() => shop.close());

// Cities, because their writers do not meet each other in any other table.
const toChanges = async (ids: readonly string[]): Promise<readonly Change[]> => {
  const table = (await readChangeTables(shop.db)).find(({ source }) => source === "city");
  if (!table) throw new Error("Cities are not captured.");
  return ids.map((id) => ({ table, id, loggedAt: "" }));
};
const renameCity = "update city set city = ? where zip = ?";

test("a change that commits after a later one is not lost, as it is with a watermark", async () => {
  let watermark = 0n;
  const pastWatermark = async () => {
    const rows = await shop.db.query<{ id: string }>(
      "select vitrine_id as id from vitrine_change_city where vitrine_id > ? order by vitrine_id",
      [watermark],
    );
    for (const row of rows) watermark = BigInt(row.id);
    return rows.length;
  };
  await shop.db.withConnection(async (slow) => {
    await slow.run("start transaction");
    await slow.run(renameCity, ["Slow", "77002"]);
    await shop.db.run(renameCity, ["Fast", "90001"]);
    expect(await pastWatermark()).toBe(1);
    await shop.mirror();
    await slow.run("commit");
  });
  expect(await pastWatermark()).toBe(0);
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
  expect(await shop.disagreements()).toEqual([]);
});

test("a change that commits after a later one is not lost by a loader that has seen the later one", async () => {
  const stop = new AbortController();
  const running = shop.createLoader().run(stop.signal);
  const isLogged = async (zip: string) =>
    (await shop.db.query("select 1 from vitrine_change_city where zip = ?", [zip])).length > 0;
  try {
    await shop.db.withConnection(async (slow) => {
      await slow.run("start transaction");
      await slow.run(renameCity, ["Slower", "77002"]);
      await shop.db.run(renameCity, ["Faster", "90001"]);
      await expect.poll(() => isLogged("90001"), { timeout: 20_000 }).toBe(false);
      await slow.run("commit");
    });
    await expect.poll(() => isLogged("77002"), { timeout: 20_000 }).toBe(false);
  } finally {
    stop.abort();
    await running;
  }
  await shop.mirror();
  expect(await shop.defects()).toEqual([]);
});

test("deleting what was resolved does not wait for an insert in flight, as a range does", async () => {
  await shop.db.run(renameCity, ["One", "77002"]);
  await shop.db.run(renameCity, ["Two", "90001"]);
  const ids = await shop.db.query<{ id: string }>("select vitrine_id as id from vitrine_change_city");
  const first = ids[0]?.id;
  await shop.db.withConnection(async (shopping) => {
    await shopping.run("start transaction");
    await shopping.run(renameCity, ["Three", "94105"]);
    const range = shop.db.withConnection(async (connection) => {
      await connection.run("set session innodb_lock_wait_timeout = 1");
      await connection.run("delete from vitrine_change_city where vitrine_id between ? and ?", [
        first,
        Number(first) + 50,
      ]);
    });
    await expect(range).rejects.toMatchObject({ errno: 1205 });
    await readCommitted(shop.db, async (connection) => {
      await connection.run("set session innodb_lock_wait_timeout = 2");
      await deleteChanges(connection, await toChanges(ids.map((row) => row.id)));
      await connection.run("set session innodb_lock_wait_timeout = default");
    });
    await shopping.run("commit");
  });
  await shop.db.run("update city set city = concat(city, '!')");
  await shop.mirror();
});

test("acknowledging what another loader has acknowledged already keeps no writer waiting", async () => {
  await shop.db.run(renameCity, ["Four", "77002"]);
  const [last] = await shop.db.query<{ id: string }>("select max(vitrine_id) as id from vitrine_change_city");
  // As if deleted and purged: no row is there, and what a lock would hold is the gap that new rows go into.
  const gone = await toChanges([String(Number(last?.id) + 1000)]);
  await readCommitted(shop.db, async (late) => {
    expect(await deleteChanges(late, gone)).toBe(0);
    await shop.db.withConnection(async (shopping) => {
      await shopping.run("set session innodb_lock_wait_timeout = 2");
      await shopping.run(renameCity, ["Five", "77002"]);
      await shopping.run("set session innodb_lock_wait_timeout = default");
    });
  });
  await shop.db.run("update city set city = concat(city, '?')");
  await shop.mirror();
});

test("a list of 1,500 ids stays a lookup by index for the loader's sessions", async () => {
  const ids = Array.from({ length: 1500 }, (_, index) => index);
  const plan = await shop.db.query(
    `explain select * from customer_orders where customer_id in (${ids.join(",")})`,
  );
  expect(JSON.stringify(plan)).not.toContain("<derived");
  await shop.db.withConnection(async (connection) => {
    await connection.run("set session in_predicate_conversion_threshold = 1000");
    const slow = await connection.query(
      `explain select * from customer_orders where customer_id in (${ids.join(",")})`,
    );
    expect(JSON.stringify(slow)).toContain("<derived");
    await connection.run("set session in_predicate_conversion_threshold = 0");
  });
});

test("positions are in the order of their snapshots, however many take them at once", async () => {
  await shop.admin.query("create table tick (value int not null) engine = InnoDB");
  await shop.db.run("insert into tick values (0)");
  const seen: { n: bigint; value: number }[] = [];
  const stop = new AbortController();
  const writing = (async () => {
    while (!stop.signal.aborted) await shop.db.run("update tick set value = value + 1");
  })();
  const take = () =>
    withSnapshots(shop.db, async (snapshots) => {
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
    (await shop.db.run("update vitrine_position set n = last_insert_id(n + 1)")).insertId;
  const value = () => shop.db.query<{ value: number }>("select value from tick");
  const earlier = await raise();
  const later = await raise();
  const [seenByLater] = await value();
  await shop.db.run("update tick set value = value + 1");
  const [seenByEarlier] = await value();
  expect(earlier).toBeLessThan(later);
  expect(seenByEarlier?.value).toBeGreaterThan(seenByLater?.value ?? 0);
});

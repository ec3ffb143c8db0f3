import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readStates } from "../../../src/core/model-state.ts";
import { requestRebuild } from "../../../src/core/rebuild.ts";
import type { Loader } from "../../../src/mirror/loader.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { type MariaDb, openMariaDb, sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import { takePosition } from "../../../src/stores/mariadb/take-token.ts";
import { countChanges } from "../../support/changes.ts";
import { intercept } from "../../support/intercept.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";
import {
  createGate,
  importParcels,
  isFinal,
  labels,
  many,
  openParcels,
  parcelDomain,
  parcels,
} from "../../support/parcels.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";
import { untilWaiting } from "../../support/until-waiting.ts";

let shop: MirrorShop;
let models: readonly DocumentModel[];
let loader: Loader;
let pools: MariaDb[] = [];
beforeAll(async () => {
  shop = await openMirrorShop();
  await openParcels(shop);
  // A loader that knew fewer would have the others rebuilt.
  models = [...shop.models, ...parcelDomain.models];
  loader = shop.createLoader(models);
});
afterAll(() => shop?.close());
beforeEach(async () => {
  await shop.db.run("delete from parcel where label <> 'old' or parcel_id not between 1001 and 1200");
  await importParcels(shop.admin, { from: 1001, to: 1200, label: "old" });
  await mirror();
});
afterEach(async () => {
  for (const pool of pools) await pool.close();
  pools = [];
});

const never = new AbortController().signal;
const fresh = { from: 1, to: 200, label: "new" };
const mirror = () => loader.once(never);
const readDue = async () =>
  [...(await readStates(shop.db)).values()]
    .filter(({ rebuildStatus, rebuiltAt }) => rebuildStatus !== "done" || rebuiltAt === null)
    .map(({ model, rebuiltAt }) => (rebuiltAt === null ? model : `${model}, which is read meanwhile`))
    .sort();
const countRows = async (label: string) =>
  Number(
    (await shop.db.query<{ n: string }>("select count(*) as n from parcel where label = ?", [label]))[0]?.n,
  );
/** How many documents of each model say so. */
const countDocuments = (label: string) =>
  Promise.all(
    [parcels, labels].map(({ name }) =>
      shop.mongo.db.collection(name).countDocuments({ label, _deleted: { $ne: true } }),
    ),
  );

/** A pool of a process of its own. */
function openPool(url = shop.mariadbUrl, size = 1): MariaDb {
  const pool = openMariaDb(url, { size });
  pools.push(pool);
  return pool;
}

describe("An import of many rows", () => {
  test("has the models that read their table rebuilt, and no others, and logs none of them", async () => {
    const { rebuilds } = await importParcels(shop.admin, fresh);
    expect(rebuilds).toEqual(["labels", "parcels"]);
    expect(await countChanges(shop.db)).toBe(0);
    // Whoever dies now leaves it to the next loader.
    expect(await readDue()).toEqual(["labels", "parcels"]);
    await mirror();
    expect(await countDocuments("new")).toEqual([200, 200]);
    expect([await readDue(), await shop.defects()]).toEqual([[], []]);
  });

  test("the second time asks for no rebuild, and neither does one of few", async () => {
    await importParcels(shop.admin, fresh);
    await mirror();
    expect((await importParcels(shop.admin, fresh)).rebuilds).toEqual([]);
    expect([await readDue(), await countChanges(shop.db)]).toEqual([[], 0]);
    expect((await importParcels(shop.admin, { from: 1, to: many - 1, label: "few" })).rebuilds).toEqual([]);
    expect([await readDue(), await countChanges(shop.db)]).toEqual([[], many - 1]);
  });

  test("is logged as ever where it writes into other tables", async () => {
    const { rebuilds } = await importParcels(shop.admin, fresh, { name: "parcels-and-product" });
    expect(rebuilds).toHaveLength(2);
    const logged = await shop.db.query("select product_id as id from vitrine_change_product");
    expect(logged).toEqual([{ id: "1" }]);
    expect(await readDue()).toEqual(["labels", "parcels"]);
  });

  test("leaves what others write meanwhile logged, and what its own connection writes afterwards", async () => {
    const pool = openPool();
    const admin = intercept(pool, (sql) =>
      isFinal(sql)
        ? Promise.all([
            shop.db.run("update orderline set quantity = quantity + 1 where order_id = 1"),
            shop.db.run("insert into parcel values (5000, 'sold')"),
          ])
        : undefined,
    );
    await importParcels(admin, fresh);
    const logged = async () => [
      (await shop.db.query("select parcel_id as id from vitrine_change_parcel order by 1")).map(
        ({ id }) => id,
      ),
      (await shop.db.query("select distinct order_id as id from vitrine_change_orderline")).map(
        ({ id }) => id,
      ),
    ];
    expect(await logged()).toEqual([["5000"], ["1"]]);
    await pool.run("insert into parcel values (5001, 'sold')");
    await pool.run("update parcel set label = 'sent' where parcel_id = 5001");
    await pool.run("delete from parcel where parcel_id = 5001");
    expect((await logged())[0]).toEqual(["5000", "5001", "5001", "5001"]);
    await mirror();
    expect(await countDocuments("sold")).toEqual([1, 1]);
    expect(await shop.defects()).toEqual([]);
  });
});

describe("A crash of an import of many rows", () => {
  /** The session of a pool that has one connection. */
  const sessionOf = async (pool: MariaDb) => (await pool.query("select connection_id() as id"))[0]?.id;
  const kill = (session: unknown) => shop.db.run("kill ?", [Number(session)]).catch(() => undefined);

  test("before its commit leaves neither rows nor a rebuild, and the next writes are logged", async () => {
    const pool = openPool();
    const session = await sessionOf(pool);
    const admin = intercept(pool, (sql) => (isFinal(sql) ? kill(session) : undefined));
    await expect(importParcels(admin, fresh)).rejects.toThrow();
    expect([await countRows("new"), await readDue(), await countChanges(shop.db)]).toEqual([0, [], 0]);
    await pool.run("insert into parcel values (1, 'again')");
    expect(await countChanges(shop.db)).toBe(1);
  });

  test("while it is committed leaves both or neither, whether the client is cut off or the server ends it", async () => {
    const url = new URL(shop.mariadbUrl);
    const proxy = await openTcpProxy(Number(url.port || 3306));
    url.host = `127.0.0.1:${proxy.port}`;
    const found: string[] = [];
    for (let round = 0; round < 10; round++) {
      const pool = openMariaDb(url.href, { size: 1 });
      const session = await sessionOf(pool);
      const admin = intercept(pool, async (sql) => {
        // Not waited for: it comes before, while or after the statement is carried out.
        if (isFinal(sql)) void (round % 2 === 0 ? sleep(round % 3).then(proxy.cut) : kill(session));
      });
      const label = `round ${round}`;
      await importParcels(admin, { from: 1, to: 200, label }).catch(() => undefined);
      await pool.close();
      const find = () =>
        shop.db.query("select 1 from information_schema.processlist where id = ?", [session]);
      await expect.poll(find, { timeout: 20_000 }).toEqual([]);
      const isThere = (await countRows(label)) > 0;
      expect(await readDue(), label).toEqual(isThere ? ["labels", "parcels"] : []);
      expect(await countChanges(shop.db), label).toBe(0);
      found.push(isThere ? "both" : "neither");
      await shop.db.run("update vitrine_state set rebuild_status = 'done', rebuilt_at = utc_timestamp(3)");
    }
    console.info(`Ended while it was committed: ${found.join(", ")}.`);
    await proxy.close();
    await requestRebuild(shop.db, [parcels, labels]);
  }, 120_000);
});

describe("A loader that is in the middle", () => {
  /** Runs a loader whose first statement of this kind (of those that `skip` leaves) waits until the import is committed. */
  async function whileHeld(kind: RegExp, skip: number, work: () => Promise<unknown>): Promise<void> {
    const reached = createGate();
    const gate = createGate();
    let seen = 0;
    const stop = new AbortController();
    const wrap = (db: MariaDb) =>
      intercept(db, (sql, values) => {
        if (!kind.test(sql) || !values?.includes("parcels") || seen++ !== skip) return;
        reached.open();
        return gate.passed;
      });
    const running = shop.createLoader(models, { wrap, verifyShare: 0 }).run(stop.signal);
    await reached.passed;
    await work();
    gate.open();
    await expect.poll(() => countDocuments("new"), { timeout: 30_000 }).toEqual([200, 200]);
    await expect.poll(readDue, { timeout: 30_000 }).toEqual([]);
    stop.abort();
    await running;
  }

  test("of a rebuild begins it again: rows that it has passed are not missed", async () => {
    await requestRebuild(shop.db, [parcels, labels]);
    await whileHeld(/set rebuild_cursor = \?/, 1, () => importParcels(shop.admin, fresh));
    expect(await countDocuments("old")).toEqual([200, 200]);
  });

  test("of queued changes ends right: what it has read before does not stay", async () => {
    await shop.db.run(
      `insert into vitrine_pending (model, document_id, logged_at)
      select 'parcels', parcel_id, utc_timestamp(6) from parcel`,
    );
    await whileHeld(/set acked = /, 0, () =>
      importParcels(shop.admin, { from: 1001, to: 1200, label: "new" }),
    );
    expect(await countDocuments("old")).toEqual([0, 0]);
  });

  test("of its first rebuild of a model sees all rows: no snapshot opens between request and commit", async () => {
    await shop.db.run("delete from vitrine_state where model = 'labels'");
    const blocked = createGate();
    const release = createGate();
    const holding = openPool().transaction(async (connection) => {
      await connection.run("select model from vitrine_state where model = 'parcels' for update");
      blocked.open();
      await release.passed;
    });
    await blocked.passed;
    const reached = createGate();
    const admin = intercept(openPool(), async (sql) => isFinal(sql) && reached.open());
    const importing = importParcels(admin, fresh);
    const running: Promise<unknown>[] = [holding, importing];
    try {
      await Promise.race([reached.passed, importing]);
      await untilWaiting(shop.db, 1);
      // The request has passed the place where the model's row comes to stand.
      const impatient = openPool();
      await impatient.run("set session innodb_lock_wait_timeout = 1");
      const refused = await takePosition(impatient).catch((error: unknown) => sqlErrorOf(error)?.errno);
      expect(refused).toBe(1205);
      running.push(mirror());
      await untilWaiting(shop.db, 2);
    } finally {
      // What went wrong is told as it is, not by those who are left behind when their pools are closed.
      release.open();
      await Promise.allSettled(running);
    }
    await Promise.all(running);
    expect((await countDocuments("new"))[1]).toBe(200);
  }, 60_000);
});

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";

let db: TestDatabase;
let proxy: TcpProxy;
const open: MariaDb[] = [];
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  await db.admin.query("create table t (n int primary key)");
  proxy = await openTcpProxy(Number(new URL(db.mariadbUrl).port || 3306));
});
afterEach(async () => {
  proxy.open();
  proxy.cut();
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await proxy?.close();
  await db?.close();
});

/** A pool on the other side of the proxy. */
function openOne(silentMs: number): MariaDb {
  const url = new URL(db.mariadbUrl);
  url.host = `127.0.0.1:${proxy.port}`;
  const one = openMariaDb(url.href, { size: 2, silentMs });
  open.push(one);
  return one;
}

it("notices that a connection has died without a sign, and lets one that is at work be", async () => {
  const one = openOne(300);
  const atWork = one.query<{ n: number }>("select sleep(3) as n");
  await expect
    .poll(() =>
      db.admin.query(
        "select 1 as n from information_schema.processlist where db = database() and info like 'select sleep(3)%'",
      ),
    )
    .toHaveLength(1);
  const lost = one.transaction(async (connection) => {
    await connection.run("insert into t values (1)");
    proxy.forget();
    await connection.run("insert into t values (2)");
  });
  await expect(lost).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  // Its answer was swallowed too, but until then the server said that it works.
  const lostAt = performance.now();
  await expect(atWork).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  expect(performance.now() - lostAt).toBeGreaterThan(1000);
  expect(await one.query("select sleep(1) as n")).toEqual([{ n: 0 }]);
  expect(one.usage()).toEqual({ inUse: 0, waiting: 0 });
});

it("is watched until the pool is closed, which waits for what is under way", async () => {
  const one = openOne(300);
  await one.query("select 1");
  proxy.forget();
  const lost = expect(one.query("select 2")).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  await wait(50);
  await one.close();
  await lost;
});

it("waits longer for a server that cannot be asked, and gives up in the end", async () => {
  const one = openOne(200);
  await one.query("select 1");
  const started = performance.now();
  proxy.blackHole();
  const lost = one.query("select 2");
  await expect(lost).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  expect(performance.now() - started).toBeGreaterThan(1000);
  proxy.open();
  expect(await one.query("select 3 as n")).toEqual([{ n: 3 }]);
});

it("waits for what is held up on the way while new connections already come through", async () => {
  // Nothing of another test goes through it, so its connections can be counted.
  const own = await openTcpProxy(Number(new URL(db.mariadbUrl).port || 3306));
  const url = Object.assign(new URL(db.mariadbUrl), { host: `127.0.0.1:${own.port}` });
  // Looks are two seconds apart, in which the next connection is seen to come and go.
  const one = openMariaDb(url.href, { size: 2, silentMs: 8000 });
  try {
    await one.query("select 1");
    own.holdBack();
    const asked = one.query("select 2 as n");
    asked.catch(() => undefined);
    // The server was asked for it, and has answered that it does not know it.
    await expect.poll(() => own.connections(), { interval: 5, timeout: 20_000 }).toBeGreaterThan(1);
    await expect.poll(() => own.connections(), { interval: 5, timeout: 20_000 }).toBe(1);
    own.open();
    expect(await asked).toEqual([{ n: 2 }]);
  } finally {
    own.open();
    await one.close();
    await own.close();
  }
});

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { int } from "../../../src/models/field.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { defineProject } from "../../../src/models/project.ts";
import { createProcedureCaller, type ProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { intercept } from "../../support/intercept.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";

const raise = defineProcedure({
  name: "raise",
  description: "Raises a number.",
  kind: "mutation",
  arguments: { id: int("Which.") },
  result: { value: int("Now.") },
});

let database: TestDatabase;
let proxy: TcpProxy;
let writer: MariaDb;
let caller: ProcedureCaller;
/** What happens just before the commit is sent. */
let onCommit: () => unknown = () => undefined;
const never = new AbortController().signal;

beforeAll(async () => {
  database = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  const { admin, urls, mariadbUrl } = database;
  await admin.query("create table number (id int primary key, value int not null)");
  await admin.query("insert into number values (1, 0), (2, 0), (3, 0), (4, 0)");
  await admin.query(`create procedure \`raise\`(in_id int) modifies sql data
    begin
      update number set value = value + 1 where id = in_id;
      select value from number where id = in_id;
    end`);
  await admin.query(`grant execute on procedure \`raise\` to ${rolesOf(database.admin.database).writer}`);
  proxy = await openTcpProxy(Number(new URL(mariadbUrl).port || 3306));
  const through = Object.assign(new URL(urls.writer), { host: `127.0.0.1:${proxy.port}` }).href;
  // The server is asked for what has become of a silent statement eight times in each wait of these tests.
  writer = openMariaDb(through, { silentMs: 250, callsProcedures: true });
  const watched = intercept(writer, async (sql) => {
    if (sql === "commit") await onCommit();
  });
  caller = createProcedureCaller(watched, {});
});
afterEach(() => {
  onCommit = () => undefined;
  proxy.open();
});
afterAll(async () => {
  proxy?.open();
  await writer?.close();
  await proxy?.close();
  await database?.close();
});

const numberOf = async (id: number) =>
  Number((await database.admin.query("select value from number where id = ?", [id]))[0]?.value);

/** Holds the lock of a row until `during` has ended. */
const whileLocked = <T>(id: number, during: () => Promise<T>): Promise<T> =>
  database.admin.withConnection(async (holder) => {
    await holder.run("start transaction");
    await holder.query("select * from number where id = ? for update", [id]);
    try {
      return await during();
    } finally {
      await holder.run("rollback");
    }
  });

const waiting = () =>
  database.admin.query(
    "select id from information_schema.processlist where db = database() and info like 'update number%'",
  );

test("a mutation that waits long for a lock is no lost connection, and goes on when the lock comes free", async () => {
  let call: ReturnType<ProcedureCaller["call"]> | undefined;
  await whileLocked(1, async () => {
    call = caller.call(raise, { id: 1 }, never, { timeoutMs: 20_000 });
    call.catch(() => undefined);
    await wait(2000);
  });
  expect(await call).toMatchObject({ values: { value: 1 }, token: expect.any(String) });
});

test("a mutation that waits for a lock until its time is up changes nothing, says so, and waits no longer", async () => {
  await whileLocked(2, async () => {
    const started = performance.now();
    const call = caller.call(raise, { id: 2 }, never, { timeoutMs: 1500 });
    await expect(call).rejects.toMatchObject({
      code: "QUERY_TIMEOUT",
      message: expect.stringMatching(/lock|allowed/),
    });
    expect(performance.now() - started).toBeLessThan(4000);
    expect(await waiting()).toEqual([]);
  });
  expect(await numberOf(2)).toBe(0);
});

test("a mutation that is given up while it waits for a lock is told so at once, and ended in the database", async () => {
  await whileLocked(2, async () => {
    const over = new AbortController();
    const call = caller.call(raise, { id: 2 }, over.signal, { timeoutMs: 60_000 });
    const refused = expect(call).rejects.toThrow("over");
    await expect.poll(waiting).toHaveLength(1);
    const started = performance.now();
    over.abort(new Error("over"));
    await refused;
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect.poll(waiting, { timeout: 5000 }).toEqual([]);
  });
  expect(await numberOf(2)).toBe(0);
});

test("a mutation whose commit was sent is not killed: its outcome is waited for, and told", async () => {
  const over = new AbortController();
  let killed = 0;
  onCommit = () => {
    proxy.blackHole();
    setTimeout(() => over.abort(new Error("over")), 50);
    setTimeout(() => {
      killed = writer.usage().inUse;
      proxy.open();
    }, 500);
  };
  const answer = await caller.call(raise, { id: 3 }, over.signal, { timeoutMs: 60_000 });
  expect(killed).toBe(1);
  expect(answer.values).toEqual({ value: 1 });
  expect(await numberOf(3)).toBe(1);
});

test("a mutation whose connection is lost at the commit says that nobody knows, and is not tried again", async () => {
  let commits = 0;
  onCommit = () => {
    commits += 1;
    proxy.forget();
    setTimeout(() => proxy.cut(), 100);
  };
  const call = caller.call(raise, { id: 4 }, never, { timeoutMs: 5000 });
  await expect(call).rejects.toMatchObject({
    code: "OUTCOME_UNKNOWN",
    message: expect.stringContaining("may have been made"),
  });
  expect(commits).toBe(1);
});

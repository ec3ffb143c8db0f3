import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const connectionId = async (db: Pick<MariaDb, "query">) =>
  Number((await db.query<{ id: number }>("select connection_id() as id"))[0]?.id);

describe("a pool of connections to MariaDB", () => {
  let db: TestDatabase;
  const open: MariaDb[] = [];
  const openOne = (size = 1, url = db.mariadbUrl) => {
    const one = openMariaDb(url, { size, connectTimeoutMs: 1000 });
    open.push(one);
    return one;
  };
  beforeAll(async () => {
    db = await openTestDatabase({ migrate: false });
    await db.admin.query("create table t (n int primary key)");
    await db.admin.query("create view slow as select n + sleep(30) as n from t");
    await db.admin.query("insert into t values (1)");
  });
  afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
  afterAll(() => db?.close());

  it("gives every session the same settings", async () => {
    const [row] = await openOne().query(
      "select @@time_zone as zone, @@sql_mode as mode, @@collation_connection as collation, @@group_concat_max_len as len, 'a' = 'a ' as pads, 'a' = 'A' as folds",
    );
    expect(row).toMatchObject({ zone: "+00:00", collation: "utf8mb4_nopad_bin", pads: 0, folds: 0 });
    expect(row?.mode).toContain("STRICT_TRANS_TABLES");
    expect(row?.mode).not.toContain("IGNORE_SPACE");
    expect(String(row?.len)).toBe("1073741824");
  });

  it("sends a statement as it is where the server prepares no more", async () => {
    const admin = openOne();
    await admin.run("set global max_prepared_stmt_count = 0");
    try {
      const rows = await admin.query("select cast(? as unsigned) as n", ["7"], { isPrepared: true });
      expect(rows.map(({ n }) => Number(n))).toEqual([7]);
    } finally {
      await admin.run("set global max_prepared_stmt_count = default");
    }
  });

  it.each([0, 1, 32_768, 65_535, 65_536, 65_537])(
    "counts %i warnings of an answer, and many as many",
    async (n) => {
      const counts = await openOne().withConnection(async (connection) => {
        const answer = await connection.queryCounted(
          `select cast('1x' as int) as n from seq_1_to_${n} where ${n} > 0`,
        );
        const next = await connection.queryCounted("select 1 as n");
        return [answer.rows.length, answer.warnings, next.warnings];
      });
      expect(counts).toEqual([n, Math.min(n, 65_535), 0]);
    },
  );

  it("says which setting the server refuses", async () => {
    // An older server, which does not know one of them: a name is spoiled on its way.
    const url = new URL(db.mariadbUrl);
    const target = Number(url.port);
    const older = createServer((client) => {
      const server = connect(target, "127.0.0.1");
      for (const socket of [client, server]) socket.on("error", () => socket.destroy());
      server.pipe(client);
      client.on("close", () => server.destroy());
      client.on("data", (piece) => {
        const text = piece.toString("latin1").replace("optimizer_join_limit", "optimizer_joim_limit");
        server.write(Buffer.from(text, "latin1"));
      });
    });
    await new Promise<void>((ready) => older.listen(0, "127.0.0.1", ready));
    url.port = String((older.address() as { readonly port: number }).port);
    try {
      await expect(openOne(1, url.href).query("select 1")).rejects.toMatchObject({
        code: "SOURCE_UNAVAILABLE",
        message: expect.stringMatching(/refuses a session setting.*optimizer_joim_limit.*10\.11\.19/s),
      });
    } finally {
      older.close();
    }
  });

  it("goes on after its idle connection was killed", async () => {
    const one = openOne();
    const id = await connectionId(one);
    await db.admin.query("kill connection ?", [id]);
    await wait(50);
    expect(await connectionId(one)).not.toBe(id);
  });

  it("goes on when its server closed the connection in the very moment", async () => {
    const one = openOne();
    await one.withConnection(async ({ raw }) => {
      // What a FIN that has just arrived leaves behind.
      setImmediate(() => (raw.connection as unknown as { stream: Socket }).stream.destroy());
    });
    await wait(0);
    expect(await connectionId(one)).toBeGreaterThan(0);
  });

  it("reports a connection lost in the middle of a statement, and does not send it again", async () => {
    const one = openOne();
    const id = await connectionId(one);
    const sleeping = one.run("insert into t select 2 + sleep(5)");
    const failed = expect(sleeping).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    await wait(100);
    await db.admin.query("kill connection ?", [id]);
    await failed;
    expect(await one.query("select n from t where n = 2")).toEqual([]);
  });

  it("never repeats a transaction: work that lost its connection runs once", async () => {
    const one = openOne();
    let runs = 0;
    const lost = one.transaction(async (connection) => {
      runs++;
      await connection.run("insert into t values (3)");
      await db.admin.query("kill connection ?", [await connectionId(connection)]);
      await wait(50);
      await connection.run("insert into t values (4)");
    });
    await expect(lost).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    expect(runs).toBe(1);
    expect(await one.query("select n from t where n in (3, 4)")).toEqual([]);
  });

  it("has rolled back, locks and all, when a failed transaction returns", async () => {
    const one = openOne();
    const failed = one.transaction(async (connection) => {
      await connection.run("insert into t values (5)");
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    await db.admin.query("set statement innodb_lock_wait_timeout = 0 for insert into t values (5)");
    await db.admin.query("delete from t where n = 5");
  });

  it("keeps a connection whose statement the server refused", async () => {
    const one = openOne();
    const id = await connectionId(one);
    await expect(one.query("select nothing")).rejects.toThrow("nothing");
    expect(await connectionId(one)).toBe(id);
  });

  it("says at once that nobody listens, and answers once somebody does", async () => {
    const target = new URL(db.mariadbUrl);
    const port = await freePort();
    const away = new URL(db.mariadbUrl);
    away.port = String(port);
    away.hostname = "127.0.0.1";
    const one = openOne(1, away.href);
    const started = performance.now();
    await expect(one.query("select 1")).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    expect(performance.now() - started).toBeLessThan(2500);
    if (target.searchParams.has("socketPath")) return;
    const proxy = await listen(port, target);
    expect(await one.query("select 1 as n")).toEqual([{ n: 1 }]);
    proxy.drop();
    await wait(50);
    await expect(one.query("select 1")).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    const again = await listen(port, target);
    expect(await one.query("select 1 as n")).toEqual([{ n: 1 }]);
    again.drop();
  });

  it("names a wrong password and a missing database", async () => {
    const url = new URL(db.mariadbUrl);
    url.pathname = "/vitrine_no_such_database";
    await expect(openOne(1, url.href).query("select 1")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    url.username = "nobody_at_all";
    url.password = "wrong";
    await expect(openOne(1, url.href).query("select 1")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  const slow = defineModel({
    name: "slow",
    typeName: "Slow",
    description: "Takes its time.",
    key: "n",
    fields: { n: int("Number.") },
  });
  const running = async () =>
    Number(
      (
        await db.admin.query(
          "select count(*) as n from information_schema.processlist where db = database() and info like '%from `slow`%' and id <> connection_id()",
        )
      )[0]?.n,
    );

  it("ends a live read that takes too long", async () => {
    const store = createLiveStore(openOne());
    await expect(store.findByIds(slow, ["1"], { timeoutMs: 200 })).rejects.toMatchObject({
      code: "QUERY_TIMEOUT",
    });
  });

  it("ends an aborted live read in the server, also when the pool is used up", async () => {
    const one = openOne(1);
    const store = createLiveStore(one);
    const abort = new AbortController();
    const read = store.findByIds(slow, ["1"], { signal: abort.signal });
    const failed = expect(read).rejects.toThrow("client has gone");
    await expect.poll(running).toBe(1);
    abort.abort(new Error("client has gone"));
    await failed;
    await expect.poll(running).toBe(0);
    expect(await one.query("select 1 as n")).toEqual([{ n: 1 }]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("A TCP server has a port.");
  return address.port;
}

/** A way to the server that can be cut. */
async function listen(port: number, target: URL): Promise<{ drop(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port || 3306), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    drop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

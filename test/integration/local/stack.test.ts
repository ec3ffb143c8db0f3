import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { acquireSource, acquireStack, joinStack } from "../../../src/local/acquire-stack.ts";
import { findProcess, readStartTime } from "../../../src/local/process-table.ts";
import type { Stack } from "../../../src/local/stack.ts";
import { createLogger } from "../../../src/log.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { holdStack, killWhileStarting, type StackHolder } from "../../support/stack-holder.ts";

const logger = createLogger("silent");
let dataDir: string;
const open = new Set<Stack>();
const holders = new Set<StackHolder>();

const config = () => {
  const { MARIADB_URL: _, MONGODB_URL: __, ...env } = process.env;
  return readConfig({ ...env, VITRINE_DATA_DIR: dataDir });
};
const acquire = async (): Promise<Stack> => {
  const stack = await acquireStack(config(), { logger });
  open.add(stack);
  return stack;
};
const hold = async (...args: readonly string[]): Promise<StackHolder> => {
  const holder = await holdStack(dataDir, ...args);
  holders.add(holder);
  return holder;
};
const isAlive = (pid: number | undefined): boolean => pid !== undefined && readStartTime(pid) !== null;
const findServers = () =>
  findProcess((argv) => argv.some((word) => word.includes(dataDir)) && argv.length > 8);

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "vitrine-stack-"));
});
afterEach(async () => {
  await Promise.all([...open].map((stack) => stack.release()));
  open.clear();
  await Promise.all([...holders].map((holder) => holder.kill()));
  holders.clear();
  // Whatever a test left: taken over and stopped.
  if (findServers()) await (await acquireStack(config(), { logger })).release();
  rmSync(dataDir, { recursive: true });
});

describe("the servers of a data folder", () => {
  it("are shared by the commands that use it, and stopped by the last one", async () => {
    const [first, second] = await Promise.all([acquire(), acquire()]);
    const other = await hold();

    expect(second.mariadb).toEqual(first.mariadb);
    expect(other.mariadb).toEqual(first.mariadb);
    expect(other.mongodb).toEqual(first.mongodb);
    await Promise.all([first.release(), second.release()]);
    expect([other.mariadb.pid, other.mongodb.pid].map(isAlive)).toEqual([true, true]);
    await other.leave();
    expect([other.mariadb.pid, other.mongodb.pid].map(isAlive)).toEqual([false, false]);
  });

  it("outlive a command that was killed, and serve the next one", async () => {
    const killed = await hold();
    await killed.kill();
    expect(isAlive(killed.mariadb.pid)).toBe(true);

    const next = await acquire();

    expect(next.mariadb).toEqual(killed.mariadb);
    expect(next.mongodb).toEqual(killed.mongodb);
    expect(next.users().map((user) => user.pid)).toEqual([process.pid]);
    await next.release();
    expect(isAlive(killed.mariadb.pid)).toBe(false);
  });

  it("are MariaDB alone for a command that needs no other, which stops what others have left", async () => {
    const alone = await acquireSource(config(), { logger });
    const isMongoThere = () => existsSync(join(dataDir, "mongodb"));
    expect(isMongoThere()).toBe(false);
    await alone.release();
    expect(findServers()).toBeNull();

    const killed = await hold();
    expect(isMongoThere()).toBe(true);
    const last = await acquireSource(config(), { logger });
    expect(last.mariadb).toEqual(killed.mariadb);
    await killed.kill();
    expect(isAlive(killed.mongodb.pid)).toBe(true);
    await last.release();
    expect([killed.mariadb.pid, killed.mongodb.pid].map(isAlive)).toEqual([false, false]);
  });

  it("start after a start that was killed at any moment", async () => {
    for (const afterMs of [350, 600, 900]) {
      await killWhileStarting(dataDir, afterMs);
      const stack = await acquireStack(config(), { logger });
      const reader = openMariaDb(stack.mariadb.adminUrl, { size: 1 });
      expect(await reader.query("select 1 as one")).toEqual([{ one: 1 }]);
      await reader.close();
      await stack.release();
      expect(findServers()).toBeNull();
      rmSync(join(dataDir, "mariadb"), { recursive: true });
    }
  });

  it("keep their data and their ports", async () => {
    const before = await acquire();
    const db = openMariaDb(before.mariadb.adminUrl, { size: 1 });
    await db.query("create table kept (n int)");
    await db.close();
    const mongo = openMongoDb(before.mongodb.url);
    await mongo.db.collection<{ _id: number }>("kept").insertOne({ _id: 1 });
    await mongo.close();
    await before.release();

    const after = await acquire();

    expect(after.mariadb.adminUrl).toBe(before.mariadb.adminUrl);
    expect(after.mongodb.url).toBe(before.mongodb.url);
    const again = openMariaDb(after.mariadb.adminUrl, { size: 1 });
    expect(await again.query("select count(*) as n from kept")).toEqual([{ n: "0" }]);
    await again.close();
    const mirror = openMongoDb(after.mongodb.url);
    expect(await mirror.db.collection("kept").countDocuments()).toBe(1);
    await mirror.close();
  });

  it("are reported with the end of their log when they die, and started again on the same port", async () => {
    const holder = await hold("restart");
    process.kill(holder.mariadb.pid ?? 0, "SIGKILL");
    expect((await holder.nextLine()).died).toMatch(
      /private MariaDB server ended by itself.*ready for connections/s,
    );
    process.kill(holder.mongodb.pid ?? 0, "SIGKILL");
    expect((await holder.nextLine()).died).toMatch(/private MongoDB server ended by itself/);

    const db = openMariaDb(holder.mariadb.adminUrl, { size: 1 });
    await expect
      .poll(() => db.query("select 1 as one").catch(() => null), { timeout: 10_000 })
      .toEqual([{ one: 1 }]);
    await db.close();
    const mongo = openMongoDb(holder.mongodb.url);
    await expect
      .poll(
        () =>
          mongo.db.command({ ping: 1 }).then(
            ({ ok }) => ok,
            () => null,
          ),
        { timeout: 10_000 },
      )
      .toBe(1);
    await mongo.close();
    await holder.leave();
    expect(findServers()).toBeNull();
  });

  it("are not started by a command that only looks", async () => {
    expect(await joinStack(config(), { logger })).toBeNull();
    expect(findServers()).toBeNull();
  });

  it("give each account the rights of its role, and root none", async () => {
    const { mariadb } = await acquire();
    const rolesOf = async (url: string) => {
      // No rights on any database yet: those come with the migrations.
      const db = openMariaDb(url.replace(/vitrine$/, ""), { size: 1 });
      const [row] = await db.query<{ role: string }>("select current_role() as role");
      await db.close();
      return row?.role;
    };
    expect(await Promise.all([mariadb.loaderUrl, mariadb.readerUrl, mariadb.writerUrl].map(rolesOf))).toEqual(
      ["vitrine_loader_role", "vitrine_reader_role", "vitrine_writer_role"],
    );
    const root = new URL(mariadb.adminUrl);
    root.username = "root";
    root.password = "";
    await expect(rolesOf(root.href)).rejects.toThrow(/Access denied/);
    const accounts = join(dataDir, "mariadb/data/accounts.json");
    expect(statSync(accounts).mode & 0o777).toBe(0o600);
    expect(readFileSync(accounts, "utf8")).toContain(new URL(mariadb.adminUrl).password);
  });

  it("are durable", async () => {
    const { mariadb, mongodb } = await acquire();
    const db = openMariaDb(mariadb.adminUrl, { size: 1 });
    expect(
      await db.query(
        "select @@innodb_flush_log_at_trx_commit as flushed, @@max_allowed_packet as packet, @@local_infile as loads, @@collation_server as collation, @@tmpdir as tmp",
      ),
    ).toEqual([
      {
        flushed: "1",
        packet: "268435456",
        loads: "1",
        collation: "utf8mb4_nopad_bin",
        tmp: join(dataDir, "mariadb/tmp"),
      },
    ]);
    await db.close();
    const argv = findProcess((words) => words.some((word) => word.startsWith(`${dataDir}/mongodb`)))?.argv;
    if (mongodb.kind === "secantusd-rs") expect(argv).toContain("--sync-on-commit");
    else expect(argv).toContain("--replSet");
  });
});

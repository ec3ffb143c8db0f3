import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { loaderConnections } from "../../../src/mirror/loader.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import {
  openReplicatedGarden,
  type ReplicatedGarden,
  type ReplicatedServer,
} from "../../support/replicated-garden.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";

let garden: ReplicatedGarden;
let first: ReplicatedServer;
let second: ReplicatedServer;
beforeAll(async () => {
  garden = await openReplicatedGarden({ mongodbUrl: inject("mongodbUrl") });
  [first, second] = garden.servers as [ReplicatedServer, ReplicatedServer];
  await garden.mirror(first);
});
afterAll(() => garden?.close());

const portOf = async (db: MariaDb) =>
  Number((await db.query<{ port: number }>("select @@port as port"))[0]?.port);

/** Uses a pool of these servers, in this order. */
async function withPool<T>(
  servers: readonly ReplicatedServer[],
  work: (db: MariaDb) => Promise<T>,
): Promise<T> {
  const db = openMariaDb(garden.addressOf(...servers), { size: 4 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

test("of several servers the one that takes writes is asked, wherever it stands", async () => {
  expect(await withPool([second, first], portOf)).toBe(first.port);
  expect(await withPool([first, second], portOf)).toBe(first.port);
});

test("a server that is not there is passed over, and one that hangs is not waited for", async () => {
  const hanging = await openTcpProxy(first.port);
  hanging.blackHole();
  const gone = await openTcpProxy(first.port);
  await gone.stop();
  try {
    const started = performance.now();
    const wrong = [gone.port, hanging.port].map((port) => ({ ...first, port }));
    expect(await withPool([...wrong, first], portOf)).toBe(first.port);
    expect(performance.now() - started).toBeLessThan(2000);
  } finally {
    await Promise.all([hanging.close(), gone.close()]);
  }
});

test("a replica that nobody made read only is no primary because the connection to that one is lost", async () => {
  const way = await openTcpProxy(first.port);
  await second.db.query("set global read_only = 0");
  try {
    await withPool([{ ...first, port: way.port }, second], async (db) => {
      expect(await portOf(db)).toBe(first.port);
      await way.stop();
      const refused = `127.0.0.1:${second.port} is a replica that hears its primary, though it is not read only`;
      for (let round = 0; round < 3; round++) {
        await expect(portOf(db)).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
        await sleep(600);
      }
      await expect(portOf(db)).rejects.toThrow(refused);
      await way.start();
      await expect.poll(() => portOf(db).catch(() => 0), { timeout: 10_000 }).toBe(first.port);
      // The primary says itself that it takes none: two that follow each other change their parts.
      await first.db.query("set global read_only = 1");
      await expect.poll(() => portOf(db).catch(() => 0), { timeout: 10_000 }).toBe(second.port);
    });
  } finally {
    await first.db.query("set global read_only = 0");
    await second.db.query("set global read_only = 1");
    await way.close();
  }
});

test("when none takes writes the error says of each why not", async () => {
  await first.db.query("set global read_only = 1");
  const gone = await openTcpProxy(first.port);
  await gone.stop();
  try {
    await withPool([{ ...first, port: gone.port }, first, second], async (db) => {
      await expect(db.query("select 1")).rejects.toMatchObject({
        code: "SOURCE_UNAVAILABLE",
        message: `None of the 3 servers of the address takes writes: 127.0.0.1:${gone.port} cannot be reached; 127.0.0.1:${first.port} is read only; 127.0.0.1:${second.port} is read only.`,
      });
      await first.db.query("set global read_only = 0");
      await expect.poll(() => portOf(db).catch(() => 0), { timeout: 10_000 }).toBe(first.port);
    });
  } finally {
    await first.db.query("set global read_only = 0");
    await gone.close();
  }
});

test("a loader and readers follow the one that takes writes, and come back to none; what runs on the one before ends", {
  timeout: 90_000,
}, async () => {
  const address = garden.addressOf(first, second);
  const [loader, reader] = [
    openMariaDb(address, { size: loaderConnections }),
    openMariaDb(address, { size: 2 }),
  ];
  const stop = new AbortController();
  const running = garden.createLoader(loader).run(stop.signal);
  const isMirrored = async (server: ReplicatedServer, price: number) => {
    await server.db.run("update harvest set price = ? where plant_id = 1", [price]);
    await expect.poll(() => garden.disagreements(server), { timeout: 20_000, interval: 100 }).toEqual([]);
  };
  try {
    await isMirrored(first, 11);
    expect(await portOf(reader)).toBe(first.port);
    await second.catchUp(first);
    const started = performance.now();
    // It hangs: nobody is told that it is away.
    first.kill("SIGSTOP");
    const asked = reader.query("select sleep(60)").catch((error: { code: string }) => error.code);
    await second.promote();
    expect(await asked).toBe("SOURCE_UNAVAILABLE");
    expect(await portOf(reader)).toBe(second.port);
    expect(performance.now() - started).toBeLessThan(30_000);
    await isMirrored(second, 12);
    first.kill("SIGCONT");
    await sleep(2500);
    expect(await portOf(reader)).toBe(second.port);
    // Back as a replica, then primary again after the second died.
    await first.db.query("set global read_only = 1");
    await first.follow(second);
    await first.catchUp(second);
    const before = performance.now();
    second.kill();
    await first.promote();
    await expect.poll(() => portOf(reader).catch(() => 0), { timeout: 10_000 }).toBe(first.port);
    expect(performance.now() - before).toBeLessThan(10_000);
    await isMirrored(first, 13);
  } finally {
    stop.abort();
    await running;
    await Promise.all([loader.close(), reader.close()]);
    await second.start();
  }
});

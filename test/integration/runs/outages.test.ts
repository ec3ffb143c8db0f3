import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { watchAlerts } from "../../../src/app/watch-alerts.ts";
import { readLatestAlerts } from "../../../src/core/alerts.ts";
import { createLogger } from "../../../src/log.ts";
import type { Look } from "../../../src/monitor/find-conditions.ts";
import type { AlertEvent, TellReceiver, Told } from "../../../src/monitor/send-alert.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";

let database: TestDatabase;
let proxy: TcpProxy;
let folder: string;
beforeAll(async () => {
  database = await openTestDatabase();
  proxy = await openTcpProxy(Number(new URL(database.mariadbUrl).port || 3306));
  folder = await mkdtemp(join(tmpdir(), "vitrine-outages-"));
});
afterAll(async () => {
  await proxy?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});
let outages: string;
let count = 0;
beforeEach(() => {
  count += 1;
  outages = join(folder, `${count}.json`);
  return database.admin.query("delete from vitrine_alert; delete from vitrine_lease");
});

const nothing: Look = {
  ...{ runs: [], models: [], lagLimitMs: 60_000, capture: null, schedules: {}, states: [] },
  now: new Date(),
};
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const readFileOfNode = async (): Promise<unknown> =>
  JSON.parse(await readFile(outages, "utf8").catch(() => "null"));

/** A receiver that answers as it is told, and keeps what it has taken. */
function createReceiver() {
  const taken: AlertEvent[] = [];
  const state: { told: Told; tries: number } = { told: { outcome: "taken" }, tries: 0 };
  const tell: TellReceiver = async (event) => {
    state.tries += 1;
    if (state.told.outcome === "taken") taken.push(event);
    return state.told;
  };
  return { tell, state, types: () => taken.map(({ type, data }) => `${data.kind} ${type}`), taken };
}

/** Watches over the network as a node of its own, until the test ends or it is stopped. */
function watch(tell: TellReceiver, file = outages, look = nothing) {
  const url = new URL(database.mariadbUrl);
  url.host = `127.0.0.1:${proxy.port}`;
  const db = openMariaDb(url.href, { size: 2, silentMs: 500 });
  const stop = new AbortController();
  const watched = watchAlerts(
    { db, logger: createLogger("silent"), look: async () => look, tell, outages: file, lookMs: 100 },
    stop.signal,
  ).finally(() => db.close());
  const end = () => {
    stop.abort();
    return watched;
  };
  onTestFinished(end);
  return { end };
}
const untilHeld = () =>
  expect
    .poll(() => database.admin.query("select 1 from vitrine_lease where lease_name = 'alerts'"))
    .toHaveLength(1);
/** The database is away from the network of those who watch, until the test ends or `start`. */
async function takeAway(): Promise<void> {
  await proxy.stop();
  onTestFinished(async () => proxy.start().catch(() => undefined));
}

test("That the database is away is told once, and once when it is back, in the words of every alert", async () => {
  const receiver = createReceiver();
  watch(receiver.tell);
  await untilHeld();
  await takeAway();
  await expect.poll(receiver.types).toEqual(["source alert.raised"]);
  await rest(1000);
  await proxy.start();
  await expect.poll(receiver.types).toEqual(["source alert.raised", "source alert.over"]);
  await rest(500);
  expect(receiver.types()).toHaveLength(2);
  const [raised, over] = receiver.taken;
  expect(raised?.data).toMatchObject({
    subject: "MariaDB",
    database: database.loader.database,
    overAt: null,
  });
  expect(raised?.data.message).toContain("MariaDB is away");
  expect(over?.data).toMatchObject({ raisedAt: raised?.timestamp, overAt: over?.timestamp });
  expect(await readFileOfNode()).toEqual({ isHolder: true, alerts: [] });
  expect(await readLatestAlerts(database.reader, 9)).toEqual([]);
});

test("A network that holds every byte back is an outage, too", async () => {
  const receiver = createReceiver();
  watch(receiver.tell);
  await untilHeld();
  proxy.blackHole();
  onTestFinished(() => proxy.open());
  await expect.poll(receiver.types, { timeout: 60_000 }).toEqual(["source alert.raised"]);
  proxy.open();
  await expect
    .poll(receiver.types, { timeout: 60_000 })
    .toEqual(["source alert.raised", "source alert.over"]);
});

test("A restart while it is away, and one after it is back, tell nothing again", async () => {
  const receiver = createReceiver();
  const first = watch(receiver.tell);
  await untilHeld();
  await takeAway();
  await expect.poll(receiver.types).toEqual(["source alert.raised"]);
  await first.end();
  const second = watch(receiver.tell);
  await rest(1000);
  expect(receiver.types()).toEqual(["source alert.raised"]);
  await second.end();
  await proxy.start();
  watch(receiver.tell);
  await expect.poll(receiver.types).toEqual(["source alert.raised", "source alert.over"]);
  await rest(500);
  expect(receiver.types()).toHaveLength(2);
});

test("Who starts while it is away tells it where it was the one that told, and nowhere else", async () => {
  const receiver = createReceiver();
  const first = watch(receiver.tell);
  await untilHeld();
  await expect.poll(readFileOfNode).toMatchObject({ isHolder: true });
  await first.end();
  await takeAway();
  watch(receiver.tell, join(folder, "never told.json"));
  await rest(1000);
  expect(receiver.types()).toEqual([]);
  watch(receiver.tell);
  await expect.poll(receiver.types).toEqual(["source alert.raised"]);
  await proxy.start();
  await expect.poll(receiver.types).toEqual(["source alert.raised", "source alert.over"]);
});

test("A receiver that is away meanwhile gets both when it is back, in order", async () => {
  const receiver = createReceiver();
  receiver.state.told = { outcome: "away", reason: "it says so" };
  watch(receiver.tell);
  await untilHeld();
  await takeAway();
  await expect.poll(() => receiver.state.tries).toBeGreaterThan(1);
  await proxy.start();
  await expect
    .poll(readFileOfNode)
    .toMatchObject({ alerts: [{ isRaiseTold: false, overAt: expect.any(String) }] });
  receiver.state.told = { outcome: "taken" };
  await expect
    .poll(receiver.types, { timeout: 20_000 })
    .toEqual(["source alert.raised", "source alert.over"]);
});

test("Of two nodes the one tells that told before", async () => {
  const receiver = createReceiver();
  watch(receiver.tell);
  await untilHeld();
  watch(receiver.tell, join(folder, "another node.json"));
  await rest(500);
  await takeAway();
  await expect.poll(receiver.types).toEqual(["source alert.raised"]);
  await rest(1000);
  await proxy.start();
  await expect.poll(receiver.types).toEqual(["source alert.raised", "source alert.over"]);
  await rest(500);
  expect(receiver.types()).toHaveLength(2);
});

test("A moment without a connection is no outage, and a file that is none of ours is begun anew", async () => {
  await writeFile(outages, "{ half a");
  const receiver = createReceiver();
  watch(receiver.tell);
  await untilHeld();
  for (let time = 0; time < 3; time += 1) {
    proxy.cut();
    await rest(400);
  }
  expect(receiver.types()).toEqual([]);
  await takeAway();
  await expect.poll(receiver.types).toEqual(["source alert.raised"]);
});

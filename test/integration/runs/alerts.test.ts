import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { retryPauseMs } from "../../../src/app/tell-alerts.ts";
import { watchAlerts } from "../../../src/app/watch-alerts.ts";
import { readLatestAlerts } from "../../../src/core/alerts.ts";
import { createLogger } from "../../../src/log.ts";
import type { Look } from "../../../src/monitor/find-conditions.ts";
import { createWebhook, type TellReceiver } from "../../../src/monitor/send-alert.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
afterEach(() => database.admin.query("delete from vitrine_alert; delete from vitrine_lease"));

const SECRET = "a secret of some length";
const silent = createLogger("silent");
const nothing: Look = {
  ...{ runs: [], models: [], lagLimitMs: 60_000, capture: null, schedules: {}, states: [] },
  now: new Date(),
};
const lost: Look = { ...nothing, capture: "Trigger bed_after_insert_capture is missing." };

/** Watches what `look` says, as a node of its own, until the test ends or it is stopped. */
function watch(look: () => Look, tell: TellReceiver) {
  const stop = new AbortController();
  const { loader: db } = database;
  const watched = watchAlerts(
    { db, logger: silent, look: async () => look(), tell, lookMs: 100 },
    stop.signal,
  );
  const end = () => {
    stop.abort();
    return watched;
  };
  onTestFinished(end);
  return { end };
}

type Answer = number | "hang" | "reset" | "slow";

/** A receiver that listens on a port, answers as it is told, and keeps what it was sent. */
async function openReceiver(first: Answer = 204) {
  let answer = first;
  const got: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data: Buffer) => {
      body += data;
    });
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      if (answer === "reset") request.socket.destroy();
      else if (answer === "slow") setTimeout(() => response.writeHead(204).end(), 700);
      else if (answer !== "hang") response.writeHead(answer).end();
    });
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  await listen(0);
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const close = () =>
    new Promise<void>((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  onTestFinished(() => (server.listening ? close() : undefined));
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    got,
    types: () => got.map(({ body }) => (JSON.parse(body) as { type: string }).type),
    answerWith: (next: Answer) => {
      answer = next;
    },
    close,
    openAgain: () => listen(port),
  };
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("An alert is raised once and is once over, however often it is looked at, and may be raised again", async () => {
  const receiver = await openReceiver();
  let now = lost;
  watch(() => now, createWebhook(receiver.url, SECRET));
  await expect.poll(receiver.types).toEqual(["alert.raised"]);
  await rest(600);
  now = nothing;
  await expect.poll(receiver.types).toEqual(["alert.raised", "alert.over"]);
  await rest(600);
  expect(receiver.types()).toEqual(["alert.raised", "alert.over"]);
  now = lost;
  await expect.poll(receiver.types).toEqual(["alert.raised", "alert.over", "alert.raised"]);
  const [first, over, again] = receiver.got.map(({ body }) => JSON.parse(body));
  expect(first.data).toEqual({
    ...{ kind: "capture", subject: "triggers", message: lost.capture, database: database.loader.database },
    ...{ raisedAt: first.timestamp, overAt: null },
  });
  expect(over.data).toMatchObject({ raisedAt: first.timestamp, overAt: over.timestamp });
  expect(new Set([first.id, over.id, again.id]).size).toBe(3);
});

test("A receiver proves by the signature who sent it, and that nothing was changed", async () => {
  const receiver = await openReceiver();
  watch(() => lost, createWebhook(receiver.url, SECRET));
  await expect.poll(receiver.types).toEqual(["alert.raised"]);
  const [{ headers, body } = { headers: {}, body: "" }] = receiver.got;
  // Another's implementation of the same standard.
  const verify = (text: string, secret = SECRET) =>
    new Webhook(secret, { format: "raw" }).verify(text, headers as Record<string, string>);
  expect(verify(body)).toMatchObject({ type: "alert.raised" });
  expect(() => verify(body.replace("missing", "present"))).toThrow("No matching signature");
  expect(() => verify(body, "another secret than that")).toThrow("No matching signature");
});

test("A restart, and a second node, tell nothing again", async () => {
  const receiver = await openReceiver();
  const tell = createWebhook(receiver.url, SECRET);
  const first = watch(() => lost, tell);
  watch(() => lost, tell);
  await expect.poll(receiver.types).toEqual(["alert.raised"]);
  await first.end();
  watch(() => lost, tell);
  await rest(1500);
  expect(receiver.types()).toEqual(["alert.raised"]);
});

test("Who is stopped while a receiver answers waits for that a little, so that the next tells nothing again", async () => {
  const receiver = await openReceiver("slow");
  const tell = createWebhook(receiver.url, SECRET);
  const first = watch(() => lost, tell);
  await expect.poll(receiver.types).toEqual(["alert.raised"]);
  await first.end();
  watch(() => lost, tell);
  await rest(1500);
  expect(receiver.types()).toEqual(["alert.raised"]);
});

test("Who is stopped waits no longer for a receiver that hangs than that", async () => {
  const receiver = await openReceiver("hang");
  const first = watch(() => lost, createWebhook(receiver.url, SECRET, 60_000));
  await expect.poll(receiver.types).toEqual(["alert.raised"]);
  const stopped = performance.now();
  await first.end();
  expect(performance.now() - stopped).toBeLessThan(20_000);
});

describe("A receiver gets later what it did not take,", () => {
  test.each<readonly [string, Answer]>([
    ["when it fails", 500],
    ["when it hangs", "hang"],
    ["when it breaks the connection", "reset"],
    ["when it refuses", 404],
  ])(
    "%s",
    async (_, answer) => {
      const receiver = await openReceiver(answer);
      let now = lost;
      watch(() => now, createWebhook(receiver.url, SECRET, 300));
      // Tried again, and not in a hurry: after one second, then two.
      await expect.poll(() => receiver.got.length, { timeout: 10_000 }).toBe(2);
      now = nothing;
      await expect
        .poll(async () => (await readLatestAlerts(database.reader, 1))[0]?.overAt ?? null)
        .not.toBeNull();
      const before = receiver.got.length;
      receiver.answerWith(200);
      await expect
        .poll(() => receiver.types().slice(before), { timeout: 15_000 })
        .toEqual(["alert.raised", "alert.over"]);
      expect(receiver.types().slice(0, before)).toEqual(Array(before).fill("alert.raised"));
      // The same event has the same name, however often it is sent.
      const ids = new Set(receiver.got.map(({ headers }) => headers["webhook-id"]));
      expect(ids.size).toBe(2);
    },
    40_000,
  );

  test("when it is away and comes back", async () => {
    const receiver = await openReceiver();
    await receiver.close();
    watch(() => lost, createWebhook(receiver.url, SECRET));
    await expect
      .poll(() => readLatestAlerts(database.reader, 1))
      .toMatchObject([{ isRaiseTold: false, overAt: null }]);
    await rest(1500);
    await receiver.openAgain();
    await expect.poll(receiver.types, { timeout: 15_000 }).toEqual(["alert.raised"]);
    await expect.poll(() => readLatestAlerts(database.reader, 1)).toMatchObject([{ isRaiseTold: true }]);
  }, 30_000);
});

test("An event that is refused holds up no other", async () => {
  const taken: string[] = [];
  const both: Look = { ...lost, models: [{ model: "bed", lagMs: 0, rejected: 3 }] };
  watch(
    () => both,
    async ({ data }) => {
      if (data.kind === "rejected") return { outcome: "refused", reason: "it says so" };
      taken.push(data.kind);
      return { outcome: "taken" };
    },
  );
  await expect.poll(() => taken).toEqual(["capture"]);
});

test("The pauses between tries grow, up to five minutes", () => {
  expect([1, 2, 3, 9, 10, 1000].map(retryPauseMs)).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
});

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import { createLiveDocuments } from "../../../src/graphql/live-documents.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { createMirrorFeed, type MirrorFeed } from "../../../src/stores/mongodb/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
  // A view that MariaDB works on for half a minute.
  await gateway.database.admin.run(
    `create or replace sql security invoker view state_sales as
    select area.state, 0.00 as revenue, 0 as orders, 0 as customers, json_array() as top_products
    from (select state from city group by state) as area where sleep(30) = 0`,
  );
});
afterAll(() => gateway?.close());

const query = "{ stateSalesConnection(source: LIVE first: 1) { nodes { state customers } } }";

/** How many statements sleep in the view, in the database: those that read this column. */
const running = async (column = "state") =>
  (await gateway.database.admin.query("show full processlist")).filter(
    ({ State, Info }) => State === "User sleep" && String(Info).includes(`\`${column}\``),
  ).length;

async function openSocket(server = gateway.server) {
  const socket = new WebSocket(server.url.replace("http", "ws"), "graphql-transport-ws");
  onTestFinished(() => socket.terminate());
  const messages: Record<string, unknown>[] = [];
  socket.on("message", (text) => void messages.push(JSON.parse(String(text))));
  await new Promise((resolve) => socket.once("open", resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  send({ type: "connection_init" });
  await expect.poll(() => messages).toEqual([{ type: "connection_ack" }]);
  return { send, messages };
}

test("a query that its client completes over a WebSocket is ended in the database within a second", async () => {
  const { send } = await openSocket();
  send({ type: "subscribe", id: "1", payload: { query } });
  await expect.poll(running).toBe(1);
  send({ type: "complete", id: "1" });
  await expect.poll(running, { timeout: 1000, interval: 20 }).toBe(0);
});

test("what was completed is not answered, also when its id was given to another query at once", async () => {
  const { send, messages } = await openSocket();
  send({ type: "subscribe", id: "1", payload: { query } });
  await expect.poll(running).toBe(1);
  send({ type: "complete", id: "1" });
  const other = query.replace("customers", "orders");
  send({ type: "subscribe", id: "1", payload: { query: other } });
  await expect.poll(() => running("orders")).toBe(1);
  await expect.poll(() => running("customers"), { timeout: 1000, interval: 20 }).toBe(0);
  await wait(300);
  expect(messages).toHaveLength(1);
  send({ type: "complete", id: "1" });
  await expect.poll(running, { timeout: 1000, interval: 20 }).toBe(0);
});

test("a subscription that was completed before it began leaves nobody who watches the mirror", async () => {
  const { mongo } = gateway.database;
  const feed = createMirrorFeed(mongo);
  const watches: string[] = [];
  const watched: MirrorFeed = {
    watch(model, onChange) {
      const one = feed.watch(model, onChange);
      watches.push("begun");
      return {
        async stop() {
          watches.push("ended");
          await one.stop();
        },
      };
    },
  };
  const documents = createLiveDocuments(watched, createMirrorStore(mongo));
  const server = await createServer({ ...gateway.options, port: 0, documents });
  onTestFinished(() => server.close());
  const { send } = await openSocket(server);
  const payload = { query: "subscription { customerOrdersChanged(ids: [1]) { id } }" };
  send({ type: "subscribe", id: "1", payload });
  send({ type: "complete", id: "1" });
  await expect.poll(() => watches).toEqual(["begun", "ended"]);
});

import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let server: Server;
beforeAll(async () => {
  gateway = await openTestGateway();
  const answer = { maxValues: 20, maxBytes: 64_000_000 };
  server = await createServer({ ...gateway.options, answer, metrics: createMetrics() });
});
afterAll(async () => {
  await server?.close();
  await gateway?.close();
});

const selected = "{ name orders { orderId items { name quantity } } }";
const query = `{ customerOrdersConnection(first: 50 source: MIRROR) { nodes ${selected} } }`;
const tooLarge = [
  {
    message: "The answer has more than 20 values. Ask for smaller pages or fewer fields.",
    extensions: { code: "LIMIT_EXCEEDED" },
  },
];
/** Those who have ordered most: each alone is more than an answer may have. */
async function largest(): Promise<number> {
  const { data } = await gateway.ask(
    `{ customerOrdersConnection(first: 500 source: MIRROR) { nodes { customerId orders { items { name } } } } }`,
  );
  const { nodes } = (
    data as { customerOrdersConnection: { nodes: { customerId: number; orders: { items: unknown[] }[] }[] } }
  ).customerOrdersConnection;
  const itemsOf = (one: (typeof nodes)[number]) =>
    one.orders.reduce((sum, { items }) => sum + items.length, 0);
  const [most] = nodes.sort((a, b) => itemsOf(b) - itemsOf(a));
  if (!most || itemsOf(most) < 8) throw new Error("Nobody has ordered enough for this test.");
  return most.customerId;
}

const fetchAs = (accept: string, text: string) =>
  fetch(`${server.url}?query=${encodeURIComponent(text)}`, { headers: { accept } });
/** The first event of a stream. */
async function firstEvent(text: string): Promise<unknown> {
  const response = await fetchAs("text/event-stream", text);
  let read = "";
  for await (const chunk of response.body ?? []) {
    read += Buffer.from(chunk).toString("utf8");
    const [, data] = /^data: (.+)$/m.exec(read) ?? [];
    if (data !== undefined && read.includes("\n\n", read.indexOf(data))) {
      await response.body?.cancel().catch(() => undefined); // it has been read as far as it is wanted
      return JSON.parse(data);
    }
  }
  throw new Error(`There was no event: ${read}`);
}
async function firstMessage(text: string): Promise<unknown> {
  const client = createClient({ url: server.url.replace("http", "ws"), webSocketImpl: WebSocket });
  try {
    return (await client.iterate({ query: text }).next()).value;
  } finally {
    await client.dispose();
  }
}

describe("An answer that is too large has one error and no data", () => {
  test("fetched, as an event stream and over WebSocket", async () => {
    const answers = [
      await (await fetchAs("application/json", query)).json(),
      await firstEvent(query),
      await firstMessage(query),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ data: null, errors: tooLarge });
  });

  test.each(["firstEvent", "firstMessage"] as const)("as an event of a subscription: %s", async (road) => {
    const followed = `subscription { customerOrdersChanged(ids: [${await largest()}]) { document ${selected} } }`;
    const event = await { firstEvent, firstMessage }[road](followed);
    expect(event).toMatchObject({ data: null, errors: tooLarge });
    expect(event).toMatchObject({ errors: { length: 1 } });
  });

  test("as an event of a question to a cube", async () => {
    const followed =
      "subscription { salesChanged(groupBy: [CUSTOMER_ID PRODUCT_ID]) { changes { row { customerId productId revenue } } } }";
    expect(await firstMessage(followed)).toMatchObject({ data: null, errors: tooLarge });
  });

  test("while a file is read in smaller pages then, and is whole", async () => {
    const paged =
      "{ customerOrdersConnection(first: 50 orderBy: [CUSTOMER_ID_DESC]) { nodes { customerId name city state } } }";
    const file = await fetchAs("text/csv", paged);
    expect([file.status, (await file.text()).trim().split("\n").length]).toEqual([200, 51]);
  });
});

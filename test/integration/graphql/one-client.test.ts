import { createClient } from "graphql-ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
const clients: { dispose(): void | Promise<void> }[] = [];
beforeAll(async () => {
  gateway = await openTestGateway({ proxies: 1 });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
  await gateway?.close();
});

/** A WebSocket of its own, from an address. */
function connect(address: string) {
  class From extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols, { headers: { "x-forwarded-for": address } });
    }
  }
  const client = createClient({ url: gateway.server.url.replace("http", "ws"), webSocketImpl: From });
  clients.push(client);
  return client;
}

/** A question that nobody else asks. */
const question = (n: number) =>
  `subscription { salesChanged(groupBy: [STATE], where: { orderId: { gt: ${n} } }) { changes { key } } }`;

test("One client has one share of the questions to cubes that are followed, over whatever connection it asks", async () => {
  const greedy = connect("192.0.2.1");
  for (let n = 0; n < 25; n += 1) {
    const { value } = await greedy.iterate({ query: question(n) }).next();
    expect(value.errors).toBeUndefined();
  }
  const again = await connect("192.0.2.1")
    .iterate({ query: question(25) })
    .next();
  expect(again.value.errors).toMatchObject([
    {
      message: expect.stringMatching(/^25 questions to cubes are followed for one client\./),
      extensions: { code: "LIMIT_EXCEEDED" },
    },
  ]);
  const other = await connect("198.51.100.7")
    .iterate({ query: question(25) })
    .next();
  expect(other.value.errors).toBeUndefined();
});

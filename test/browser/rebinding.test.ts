import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "../integration/graphql/gateway.ts";
import { findChromium, headlessArgs } from "./visit.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

/** A site that somebody has lured a visitor to. */
async function openTrap(): Promise<HttpServer> {
  const trap = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Cats</h1>");
  });
  trap.listen(0, "127.0.0.1");
  await once(trap, "listening");
  return trap;
}

/** What a page of that site finds out by every road that a browser has, of a server on its visitor's machine. */
async function attack(origin: string) {
  const read = async (path: string, init?: RequestInit) =>
    fetch(origin + path, init).then(
      async (response) => `${response.status} ${(await response.text()).slice(0, 60)}`,
      () => "nothing",
    );
  const body = JSON.stringify({ query: "{ customerOrders(id: 1) { name } }" });
  const socket = new Promise<string>((resolve) => {
    const one = new WebSocket(`${origin.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    one.onopen = () => resolve("open");
    one.onerror = () => resolve("nothing");
  });
  return Promise.all([
    read("/graphql", { method: "POST", headers: { "content-type": "application/json" }, body }),
    read("/graphql?query=%7B__typename%7D"),
    read("/export/customer_orders.csv?fields=name"),
    read("/metrics"),
    socket,
  ]);
}

test.each([
  ["whose name leads to this machine once it is loaded, by its own origin", true],
  ["that stays where it is, across origins", false],
])("a page of another site %s, reads nothing of a gateway and opens no socket", async (_title, isRebound) => {
  const trap = await openTrap();
  const { port } = trap.address() as AddressInfo;
  // The name leads to this machine for both ports: what is left of the attack when the resolver has changed its answer.
  const context = await chromium.launch({
    executablePath: findChromium(),
    args: [...headlessArgs, "--host-resolver-rules=MAP cats.example 127.0.0.1"],
  });
  try {
    const page = await context.newPage();
    const home = isRebound ? gateway.server.port : port;
    if (isRebound)
      // The page was loaded from the trap, by the same name and port as the gateway's: only its first answer differs.
      await page.route("**/", (route) => route.fulfill({ contentType: "text/html", body: "<h1>Cats</h1>" }));
    await page.goto(`http://cats.example:${home}/`);
    const target = isRebound ? `http://cats.example:${home}` : `http://127.0.0.1:${gateway.server.port}`;
    const found = await page.evaluate(attack, target);
    const name = await gateway.ask("{ customerOrders(id: 1) { name } }");
    expect(name.errors).toBeUndefined();
    expect(found.at(-1)).toBe("nothing");
    for (const one of found.slice(0, -1)) expect(one).toMatch(/^(?:421 \{"errors"|nothing$)/);
    if (isRebound) expect(found.filter((one) => one.startsWith("421"))).toHaveLength(4);
  } finally {
    await context.close();
    trap.close();
  }
});

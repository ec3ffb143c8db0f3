import { createClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { OPERATION_COST } from "../../../src/graphql/fair-shares.ts";
import type { RoleAccess } from "../../../src/models/access.ts";
import type { RoleLimits } from "../../../src/models/role-limits.ts";
import type { ask } from "./gateway.ts";
import { type Credentials, openRoleGateway, type RoleGateway } from "./role-gateway.ts";

/** Costs 103: the field and its statement, its nodes, and what is asked of one. */
const small = "{ customerOrdersConnection(first: 1) { nodes { name } } }";
const costOfSmall = 103 + OPERATION_COST;

/** A role that sees all, within limits. */
const role = (limits: RoleLimits): RoleAccess => ({
  description: "Who sees all, but not at once.",
  personal: "shown",
  models: "all",
  limits,
});
const roles = {
  paced: role({ costPerMinute: 2 * costOfSmall + 200 }),
  scant: role({ costPerMinute: 300 }),
  wide: role({ costPerMinute: 5 * costOfSmall + 200 }),
  follower: role({ subscriptions: 1 }),
  narrow: role({ first: 5, depth: 4 }),
};

let gateway: RoleGateway;
const opened: (() => Promise<void>)[] = [];
beforeAll(async () => {
  gateway = await openRoleGateway({ roles });
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(() => gateway?.close());

const codesOf = ({ errors }: Awaited<ReturnType<typeof ask>>) =>
  errors?.map(({ extensions }) => extensions.code);
const fetchFile = (path: string, headers: Credentials, accept = "*/*") =>
  fetch(gateway.server.url.replace("/graphql", path), { headers: { accept, ...headers } });
/** A socket of somebody, open until the test ends. */
function connect(headers: Credentials) {
  const url = gateway.server.url.replace("http", "ws");
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: headers });
  opened.push(async () => client.dispose());
  return client;
}

describe("A role that may ask for so much in a minute", () => {
  test("is told when to ask again, each of it for itself, and what was refused is not counted", async () => {
    const [ada, bob] = [await gateway.as("paced"), await gateway.as("paced")];
    expect(codesOf(await gateway.ask(small, ada))).toBeUndefined();
    const refused = await fetch(gateway.server.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...ada },
      body: JSON.stringify({ query: "{ customerOrdersConnection(first: 100) { nodes { name city } } }" }),
    });
    expect(refused.status).toBe(503);
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(((await refused.json()) as Awaited<ReturnType<typeof ask>>).errors?.[0]).toMatchObject({
      message: expect.stringMatching(
        /^The role paced may ask for 906 of cost per minute\. Ask again in \d+ seconds\.$/,
      ),
      extensions: { code: "OVERLOADED", retryAfterSeconds: seconds },
    });
    expect(codesOf(await gateway.ask(small, ada))).toBeUndefined();
    expect(codesOf(await gateway.ask(small, ada))).toEqual(["OVERLOADED"]);
    expect(codesOf(await gateway.ask(small, bob))).toBeUndefined();
  });

  test("is refused what would never fit, with the cost that it has", async () => {
    const ada = await gateway.as("scant");
    const { errors } = await gateway.ask("{ customerOrdersConnection(first: 100) { nodes { name } } }", ada);
    expect(errors?.[0]).toMatchObject({
      message:
        "The role scant may ask for 300 of cost per minute, and this operation costs 551. Ask for smaller pages or fewer fields.",
      extensions: { code: "LIMIT_EXCEEDED" },
    });
  });

  test("has one minute for all roads: event streams, WebSocket, files by pages, plain files and exports", async () => {
    const ada = await gateway.as("wide");
    const roads = [
      async () => (await fetchFile("/export/customer_orders.csv", ada)).status,
      async () => (await fetchFile(`/graphql?query=${encodeURIComponent(small)}`, ada, "text/csv")).status,
      async () => {
        const paged = encodeURIComponent(
          "{ customerOrdersConnection(first: 1 orderBy: [CUSTOMER_ID_DESC]) { nodes { name } } }",
        );
        return (await fetchFile(`/graphql?query=${paged}`, ada, "text/csv")).status;
      },
      async () => {
        const stream = await fetchFile(
          `/graphql?query=${encodeURIComponent(small)}`,
          ada,
          "text/event-stream",
        );
        return (await stream.text()).includes('"OVERLOADED"') ? 503 : 200;
      },
      async () => {
        const { value } = await connect(ada).iterate({ query: small }).next();
        return value.errors?.[0]?.extensions?.code === "OVERLOADED" ? 503 : 200;
      },
    ];
    for (let n = 0; n < 5; n += 1) expect(codesOf(await gateway.ask(small, ada))).toBeUndefined();
    const statuses: number[] = [];
    for (const road of roads) statuses.push(await road());
    expect(statuses).toEqual(roads.map(() => 503));
  });
});

describe("A role that may have so many subscriptions", () => {
  test("may have another when one has ended, over whatever connection, each of it for itself", async () => {
    const [ada, bob] = [await gateway.as("follower"), await gateway.as("follower")];
    const query = "subscription { customerOrdersChanged(ids: [1]) { key } }";
    const first = connect(ada).iterate({ query });
    expect((await first.next()).value).toMatchObject({ data: expect.anything() });
    const other = connect(ada);
    expect((await other.iterate({ query }).next()).value.errors).toMatchObject([
      {
        message: "The role follower may have 1 subscriptions open at a time. End one of them first.",
        extensions: { code: "LIMIT_EXCEEDED" },
      },
    ]);
    expect((await connect(bob).iterate({ query }).next()).value.errors).toBeUndefined();
    // What is asked once is none.
    expect((await other.iterate({ query: small }).next()).value.errors).toBeUndefined();
    await first.return?.();
    await expect.poll(async () => (await other.iterate({ query }).next()).value.errors).toBeUndefined();
  });
});

describe("A role that may ask for pages of so many, and so deep", () => {
  test.each([
    ["{ customerOrdersConnection(first: 6) { nodes { name } } }", "customerOrdersConnection: 6 rows"],
    ["{ customerOrdersConnection(last: 6) { nodes { name } } }", "customerOrdersConnection: 6 rows"],
    ["{ customerOrdersConnection { nodes { name } } }", "customerOrdersConnection: 20 rows"],
    ["query($n: Int = 7) { sales(groupBy: [STATE] first: $n) { state } }", "sales: 7 rows"],
    ["{ sales(groupBy: [STATE] first: 1) { facts(first: 9) { nodes { orderId } } } }", "facts: 9 rows"],
  ])("is refused a larger page, told or not: %s", async (query, message) => {
    const ada = await gateway.as("narrow");
    expect((await gateway.ask(query, ada)).errors?.[0]).toMatchObject({
      message: `${message} are asked for, and at most 5 are allowed. Say first: 5.`,
      extensions: { code: "LIMIT_EXCEEDED" },
    });
  });

  test("gets pages within, lists in documents, and files in pages of so many", async () => {
    const ada = await gateway.as("narrow");
    const { data, errors } = await gateway.ask(
      "{ orderDetailsConnection(first: 5) { nodes { items { name } } } }",
      ada,
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ orderDetailsConnection: { nodes: { length: 5 } } });
    const paged = encodeURIComponent(
      "{ customerOrdersConnection(first: 12 orderBy: [CUSTOMER_ID_DESC]) { nodes { name } } }",
    );
    const file = await fetchFile(`/graphql?query=${paged}`, ada, "text/csv");
    expect((await file.text()).trim().split("\n")).toHaveLength(13);
    const deep = await gateway.ask(
      "{ orderDetailsConnection(first: 1) { nodes { items { product { name } } } } }",
      ada,
    );
    expect(codesOf(deep)).toEqual(["LIMIT_EXCEEDED"]);
  });
});

import { request } from "node:http";
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";
import { roads } from "./roads.ts";
import { serveWith } from "./serve-with.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

const post = roads["a post"] as (typeof roads)[string];
const asBrowser = (url: string, path: string) =>
  fetch(new URL(path, url), { headers: { accept: "text/html", "sec-fetch-dest": "document" } });
const sell = (admin: TestGateway["database"]["admin"]) =>
  admin
    .query<{ customer: number; product: number }>(
      `select (select min(customer_id) from customer) as customer,
        (select min(product_id) from product where available_quantity > 0) as product`,
    )
    .then(([ids]) => ({
      query:
        "mutation($customer: Int!, $product: Int!) { recordSale(customerId: $customer, lines: [{ productId: $product, quantity: 1 }]) { orderId } }",
      variables: ids ?? {},
    }));

describe("A gateway that only reads", () => {
  test("has no mutation by any road, and answers procedures that read", async () => {
    const { admin } = gateway.database;
    const { url } = await serveWith(gateway, { readOnly: true });
    const orders = () => admin.query("select count(*) as n from `order`");
    const before = await orders();
    const sale = await sell(admin);
    for (const [name, send] of Object.entries(roads)) {
      const { data, errors } = await send(url, sale);
      expect([name, data ?? null, errors?.[0]?.extensions.code]).toEqual([name, null, "QUERY_INVALID"]);
    }
    expect(await orders()).toEqual(before);
    const schema = await post(url, { query: "{ __schema { mutationType { name } } }" });
    expect(schema.data).toEqual({ __schema: { mutationType: null } });
    expect(
      JSON.stringify(await (await fetch(new URL("/data/graphiql/introspection.json", url))).json()),
    ).not.toContain("recordSale");
    const open = await serveWith(gateway, {});
    expect((await post(open.url, sale)).errors).toBeUndefined();
  });

  test("writes down nothing of what it is asked", async () => {
    const { admin } = gateway.database;
    const uncovered =
      "{ sales(groupBy: [PLACED_ON], where: { units: { gt: 1 } }, source: MIRROR) { revenue } }";
    const notes = async () =>
      Number((await admin.query("select count(*) as n from vitrine_cube_question"))[0]?.n);
    for (const readOnly of [true, false]) {
      await admin.run("delete from vitrine_cube_question");
      const server = await serveWith(gateway, { readOnly });
      expect((await post(server.url, { query: uncovered })).errors).toBeUndefined();
      await server.close();
      expect(await notes()).toBe(readOnly ? 0 : 1);
    }
  });
});

describe("A schema that is not told", () => {
  const guesses = [
    { query: "{ customerOrder(id: 1) { name } }" },
    { query: "{ customerOrders(id: 1) { nam } }" },
    { query: "{ customerOrders(idd: 1) { name } }" },
    { query: "{ customerOrdersConnection(where: { stat: { eq: 1 } }) { totalCount } }" },
    { query: "{ sales(groupBy: [PRODUCTS]) { revenue } }" },
    { query: "query($w: CustomerOrdersWher) { customerOrdersConnection(where: $w) { totalCount } }" },
    {
      query: "query($w: CustomerOrdersWhere) { customerOrdersConnection(where: $w) { totalCount } }",
      variables: { w: { stat: { eq: 1 } } },
    },
    {
      query: "query($by: [SalesDimension!]!) { sales(groupBy: $by) { revenue } }",
      variables: { by: ["PRODUCTS"] },
    },
  ];

  test.each(Object.entries(roads))("is neither asked for nor guessed, by %s", async (_name, send) => {
    const { url } = await serveWith(gateway, { introspection: false });
    for (const query of [
      getIntrospectionQuery(),
      '{ __type(name: "Query") { name } }',
      "{ a: __schema { queryType { name } } }",
    ]) {
      const { data, errors } = await send(url, { query });
      expect([data ?? null, errors?.[0]?.extensions.code]).toEqual([null, "FORBIDDEN"]);
    }
    for (const guess of guesses) {
      const { errors } = await send(url, guess);
      expect(errors?.[0]?.extensions.code).toMatch(/^(?:QUERY_INVALID|BAD_INPUT)$/);
      expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
    }
  });

  test("is told, and guesses are corrected, without the setting", async () => {
    const { url } = await serveWith(gateway, {});
    expect((await post(url, { query: getIntrospectionQuery() })).errors).toBeUndefined();
    const corrected = await Promise.all(
      guesses.map(async (guess) => JSON.stringify((await post(url, guess)).errors)),
    );
    expect(corrected.filter((text) => /did you mean/i.test(text)).length).toBeGreaterThan(5);
  });

  test("tells what type an object is, which caches of clients ask", async () => {
    const { url } = await serveWith(gateway, { introspection: false });
    expect((await post(url, { query: "{ __typename customerOrders(id: 1) { __typename } }" })).data).toEqual({
      __typename: "Query",
      customerOrders: { __typename: "CustomerOrders" },
    });
  });

  test("is on no page either: there is no GraphiQL, and nothing of it", async () => {
    const { url } = await serveWith(gateway, { introspection: false });
    expect((await fetch(new URL("/data/graphiql/introspection.json", url))).status).toBe(404);
    expect((await asBrowser(url, "/")).status).toBe(200);
    expect(await (await asBrowser(url, "/")).text()).not.toContain('"/graphql"');
  });
});

describe("Without GraphiQL", () => {
  test("programs are answered as ever, a browser finds no page, and no page leads there", async () => {
    const { url } = await serveWith(gateway, { graphiql: false });
    expect((await post(url, { query: "{ __schema { queryType { name } } }" })).data).toBeTruthy();
    const page = await asBrowser(url, "/graphql");
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(`${page.headers.get("content-type")}`).not.toContain("html");
    for (const path of ["/", "/dashboard"]) {
      const text = await (await asBrowser(url, path)).text();
      expect(text).toContain('"/dashboard"');
      expect(text).not.toMatch(/"\/graphql[?"]/);
    }
  });
});

describe("Probes and metrics on a port of their own", () => {
  test("are there and nowhere else, by no name that is not the server's; and they end with it", async () => {
    const server = await serveWith(gateway, { probes: { host: "127.0.0.1", port: 0 } });
    const at = String(
      gateway.log.findLast(({ msg }) => msg === "probes and metrics have a port of their own")?.probesAt,
    );
    expect((await post(server.url, { query: "query Counted { __typename }" })).errors).toBeUndefined();
    for (const path of ["/healthz", "/readyz", "/metrics"]) {
      expect((await fetch(new URL(path, server.url))).status).toBe(404);
      expect((await fetch(new URL(path, at))).status).toBe(200);
    }
    expect(await (await fetch(`${at}/metrics`)).text()).toContain('operation="Counted"');
    for (const path of ["/graphql?query=%7B__typename%7D", "/", "/export/customer_orders.csv"])
      expect((await fetch(new URL(path, at))).status).toBe(404);
    const status = await new Promise((resolve) =>
      request(`${at}/metrics`, { headers: { host: "rebound.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end(),
    );
    expect(status).toBe(421);
    expect(await (await asBrowser(server.url, "/")).text()).toContain('"hasProbes":false');
    await server.close();
    await expect(fetch(`${at}/healthz`)).rejects.toThrow();
  });

  test("that is taken: the gateway does not start without them, and gives its own port back", async () => {
    const { port } = gateway.server;
    const opening = serveWith(gateway, { probes: { host: "127.0.0.1", port } });
    await expect(opening).rejects.toMatchObject({ code: "PORT_IN_USE" });
  });
});

test("where nobody said who may ask, what comes through a proxy is refused", async () => {
  const { url } = await serveWith(gateway, {}, {}, { isOnlyHere: true });
  const send = (headers: Record<string, string>) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
  expect((await send({})).status).toBe(200);
  const refused = await send({ "x-forwarded-for": "203.0.113.7" });
  expect(refused.status).toBe(421);
  expect(await refused.text()).toContain("VITRINE_AUTH");
  for (const path of ["/", "/healthz", "/export/orders.csv"]) {
    const { status } = await fetch(new URL(path, url), { headers: { forwarded: "for=203.0.113.7" } });
    expect(status, path).toBe(421);
  }
});

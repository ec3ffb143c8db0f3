import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openIdentify } from "../../../src/access/identify.ts";
import { revokeKey } from "../../../src/access/keys.ts";
import { readConfig } from "../../../src/config.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { type Access, claim } from "../../../src/models/access.ts";
import { ask } from "./gateway.ts";
import { type Credentials, openRoleGateway, type RoleGateway } from "./role-gateway.ts";

/** A buyer sees their own orders; a clerk the goods. */
const access: Access = {
  roles: {
    buyer: {
      description: "Who buys.",
      personal: "shown",
      models: { customer_orders: { where: { customerId: { eq: claim("customer_id") } } }, products: true },
    },
    clerk: { description: "Who sells.", models: { products: true } },
  },
};

let gateway: RoleGateway;
let base: string;
let ann: Credentials;
let bob: Credentials;
let clerk: Credentials;
let ids: readonly number[];
beforeAll(async () => {
  gateway = await openRoleGateway(access);
  base = gateway.server.url.replace("/graphql", "");
  const rows = await gateway.open.database.admin.query<{ id: number }>(
    "select distinct customer_id as id from `order` order by customer_id limit 2",
  );
  ids = rows.map(({ id }) => id);
  ann = await gateway.as("buyer", { customer_id: ids[0] });
  bob = await gateway.as("buyer", { customer_id: ids[1] });
  clerk = await gateway.as("clerk");
});
afterAll(() => gateway?.close());

const fieldsOf = "{ __schema { queryType { fields { name } } } }";
const own = (source: string) =>
  `{ customerOrdersConnection(source: ${source}, first: 50) { totalCount nodes { customerId } } }`;

describe("Whoever asks", () => {
  test("without a key, or with one that nobody knows, is answered nothing but that", async () => {
    for (const headers of [{}, { authorization: "Bearer nobody" }, { authorization: "Basic YTpi" }])
      for (const [path, method] of [
        ["/graphql", "POST"],
        ["/graphql?query={__typename}", "GET"],
        ["/export/products.csv", "GET"],
        ["/dashboard", "GET"],
        ["/docs", "GET"],
        ["/data/graphiql/introspection.json", "GET"],
        ["/metrics", "GET"],
      ] as const) {
        const response = await fetch(`${base}${path}`, {
          method,
          headers: { "content-type": "application/json", ...headers },
          ...(method === "POST" && { body: JSON.stringify({ query: fieldsOf }) }),
        });
        expect([path, response.status]).toEqual([path, 401]);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
        const { data, errors } = (await response.json()) as {
          data?: unknown;
          errors: { extensions: unknown }[];
        };
        expect(data).toBeUndefined();
        expect(errors[0]?.extensions).toEqual({ code: "UNAUTHENTICATED" });
      }
    const refused = { msg: "not let in", code: "UNAUTHENTICATED", address: "127.0.0.1" };
    expect(gateway.open.log).toContainEqual(expect.objectContaining(refused));
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
  });

  test("has the schema of their role, and no other", async () => {
    const asBuyer = JSON.stringify(await gateway.ask(fieldsOf, ann));
    const asClerk = JSON.stringify(await gateway.ask(fieldsOf, clerk));
    expect(asBuyer).toContain('"customerOrders"');
    expect(asClerk).toContain('"productConnection"');
    expect(asClerk).not.toMatch(/customerOrders|sales|orderDetails/);
    const refused = await gateway.ask("{ customerOrder(id: 1) { customerId } }", clerk);
    expect(refused.errors?.[0]?.extensions.code).toBe("QUERY_INVALID");
    expect(JSON.stringify(refused)).not.toContain("customerOrders");
  });

  test.each(["LIVE", "MIRROR"])("has the rows of their claims, of %s", async (source) => {
    for (const [headers, id] of [
      [ann, ids[0]],
      [bob, ids[1]],
    ] as const) {
      const { data, errors } = await gateway.ask(own(source), headers);
      expect(errors).toBeUndefined();
      expect(data).toEqual({ customerOrdersConnection: { totalCount: 1, nodes: [{ customerId: id }] } });
    }
    const other = `{ customerOrders(id: ${ids[1]}, source: ${source}) { customerId } }`;
    expect((await gateway.ask(other, ann)).data).toEqual({ customerOrders: null });
    expect((await gateway.ask(other, bob)).data).toEqual({ customerOrders: { customerId: ids[1] } });
  });

  test("lacks a claim that a rule needs: refused by its name, never given all", async () => {
    for (const claims of [{}, { customer_id: null }, { customer_id: "x" }, { customer_id: { ge: 0 } }]) {
      const headers = await gateway.as("buyer", claims);
      const response = await fetch(gateway.server.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query: own("MIRROR") }),
      });
      expect(response.status).toBe(403);
      const text = await response.text();
      expect(text).toContain("FORBIDDEN");
      expect(text).toContain("customer_id");
    }
  });

  test("has a role that the project does not have: refused", async () => {
    const headers = await gateway.as("root");
    const { errors } = await gateway.ask("{ __typename }", headers);
    expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  });

  test("has a key that was revoked, or has ended: nobody", async () => {
    const headers = await gateway.as("clerk", {}, { name: "gone" });
    expect((await gateway.ask("{ __typename }", headers)).data).toEqual({ __typename: "Query" });
    await revokeKey(gateway.keysFile, "gone");
    await expect
      .poll(async () => (await gateway.ask("{ __typename }", headers)).errors?.[0]?.extensions.code)
      .toBe("UNAUTHENTICATED");
    const ended = await gateway.as("clerk", {}, { expires: "2020-01-01T00:00:00Z" });
    expect((await gateway.ask("{ __typename }", ended)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });
});

describe("What was answered to one", () => {
  const get = (headers: Record<string, string>, query: string) =>
    fetch(`${gateway.server.url}?${new URLSearchParams({ query })}`, {
      headers: { accept: "application/json", ...headers },
    });

  test("is for no cache that others share, and its tag is nobody else's", async () => {
    const query =
      "{ productConnection(source: MIRROR, first: 2, maxStaleness: 60000) { nodes { productId } } }";
    const response = await get(clerk, query);
    expect(response.status).toBe(200);
    expect(response.headers.get("vary")).toContain("authorization, cookie");
    expect(response.headers.get("cache-control")).toMatch(/^private, /);
    const tag = response.headers.get("etag") ?? "";
    expect(tag).toMatch(/^W\//);
    expect((await get({ ...clerk, "if-none-match": tag }, query)).status).toBe(304);
    expect((await get({ ...ann, "if-none-match": tag }, query)).status).toBe(200);
  });

  test("has no tag where some rows are not there for them: it would tell of changes of these", async () => {
    const response = await get(ann, own("MIRROR"));
    expect(response.status).toBe(200);
    expect(response.headers.get("etag")).toBeNull();
  });

  test("of pages and files is as private", async () => {
    for (const path of ["/export/products.csv", "/data/graphiql/introspection.json"]) {
      const response = await fetch(`${base}${path}`, { headers: { ...clerk, accept: "text/html, */*" } });
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get("vary")).toContain("authorization, cookie");
      expect(response.headers.get("cache-control")).toMatch(/^private|^no-store/);
    }
  });
});

describe("Files", () => {
  test.each(["LIVE", "MIRROR"])("have the rows of whoever asks, of %s", async (source) => {
    const response = await fetch(`${base}/export/customer_orders.csv?source=${source}&fields=customerId`, {
      headers: ann,
    });
    expect(response.status).toBe(200);
    expect((await response.text()).trim().split(/\r?\n/)).toEqual(["customerId", String(ids[0])]);
    const list = await fetch(gateway.server.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/csv", ...bob },
      body: JSON.stringify({
        query: `{ customerOrdersConnection(source: ${source}) { nodes { customerId } } }`,
      }),
    });
    expect((await list.text()).trim().split(/\r?\n/)).toEqual(["customerId", String(ids[1])]);
  });

  test("of what is not there for a role are not there", async () => {
    const refused = await fetch(`${base}/export/customer_orders.csv`, { headers: clerk });
    const unknown = await fetch(`${base}/export/nothing_at_all.csv`, { headers: clerk });
    expect(refused.status).toBe(404);
    expect((await refused.text()).replace("customer_orders", "X")).toBe(
      (await unknown.text()).replace("nothing_at_all", "X"),
    );
  });
});

test("a token of another server is as good as a key, for as long as it holds, and opens what its role has", async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const folder = await mkdtemp(join(tmpdir(), "vitrine-jwks-"));
  const file = join(folder, "jwks.json");
  await writeFile(
    file,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "ES256" }] }),
  );
  const env = {
    ...{
      VITRINE_AUTH: "jwt",
      VITRINE_JWT_KEYS: file,
      VITRINE_JWT_ISSUER: "login",
      VITRINE_JWT_AUDIENCE: "shop",
    },
    VITRINE_JWT_CLAIMS: "own",
  };
  const identify = await openIdentify(readConfig(env).auth, readConfig(env), new Set(["buyer", "clerk"]));
  if (!identify) throw new Error("Nobody is asked.");
  const { options } = gateway.open;
  const { openRole } = gateway;
  const server = await createServer({ ...options, metrics: createMetrics(), identify, openRole });
  const send = async (claims: Record<string, unknown>, end: string) => {
    const token = await new SignJWT({ own: claims, role: "buyer" })
      .setProtectedHeader({ alg: "ES256", kid: "one" })
      .setIssuer("login")
      .setAudience("shop")
      .setSubject("ann")
      .setExpirationTime(end)
      .sign(privateKey);
    return ask(server.url, own("LIVE"), {}, { authorization: `Bearer ${token}` });
  };
  expect((await send({ customer_id: ids[0] }, "1h")).data).toEqual({
    customerOrdersConnection: { totalCount: 1, nodes: [{ customerId: ids[0] }] },
  });
  expect((await send({}, "1h")).errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  expect((await send({ customer_id: ids[0] }, "-1h")).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  await server.close();
  await rm(folder, { recursive: true });
});

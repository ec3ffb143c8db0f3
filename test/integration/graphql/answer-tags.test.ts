import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createVersionOf } from "../../../src/graphql/answer-tags.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import everything from "../../../vitrine.config.ts";
import { mirrorEverything } from "../../support/mirror-everything.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let server: Server;
let isReachable = true;
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, everything);
  const { project, reader, mongo } = gateway.database;
  const models = project.domains.flatMap((domain) => domain.models);
  const versionOf = createVersionOf(createFreshness(reader, mongo, models), models, () => isReachable);
  server = await createServer({ ...gateway.options, metrics: createMetrics(), versionOf });
});
afterAll(async () => {
  await server?.close();
  await gateway?.close();
});

const customer = "{ customerOrders(id: 1) { name } }";
const staff = "{ staff(id: 1) { firstName } }";

interface Reply {
  readonly status: number;
  readonly tag: string | null;
  readonly cache: string | null;
  readonly data: Record<string, unknown> | undefined;
}

/** Asked by GET; a look at the mirror's age is shared for 100 ms, so a test that writes waits longer. */
async function get(query: string, headers: Record<string, string> = {}): Promise<Reply> {
  await new Promise((resolve) => setTimeout(resolve, 150));
  const response = await fetch(`${server.url}?query=${encodeURIComponent(query)}`, {
    headers: { accept: "application/json", ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    tag: response.headers.get("etag"),
    cache: response.headers.get("cache-control"),
    data: text === "" ? undefined : (JSON.parse(text) as { data?: Record<string, unknown> }).data,
  };
}

const again = (query: string, tag: string | null, headers: Record<string, string> = {}) =>
  get(query, { "if-none-match": tag ?? "", ...headers });

/** As a terminal does it. */
const rename = (name: string) =>
  gateway.database.admin.run("update customer set first_name = ? where customer_id = 1", [name]);

describe("The tag of an answer from the mirror", () => {
  test("is confirmed without a read while nothing has changed, and not when something has", async () => {
    const first = await get(customer);
    expect(first).toMatchObject({ status: 200, cache: "private, no-cache" });
    expect(first.tag).toMatch(/^W\/".+"$/);
    const reads = async () =>
      /reads_total\{model="customer_orders",store="mirror"\} (\d+)/.exec(
        await server.registry.metrics(),
      )?.[1];
    const before = await reads();
    expect(await again(customer, first.tag)).toMatchObject({
      status: 304,
      tag: first.tag,
      cache: null,
      data: undefined,
    });
    expect(await again(customer, `"other", ${first.tag}`)).toMatchObject({ status: 304 });
    expect(await reads()).toBe(before);

    const other = await get(staff);
    expect(await again(staff, other.tag)).toMatchObject({ status: 304 });
    await rename("Renamed");
    // On its way: nobody confirms what may be over, and what is answered now has no tag.
    expect(await again(customer, first.tag)).toMatchObject({ status: 200, tag: null, cache: "no-store" });
    await mirrorEverything(gateway.database);
    const second = await again(customer, first.tag);
    expect(second).toMatchObject({
      status: 200,
      data: { customerOrders: { name: expect.stringContaining("Renamed") } },
    });
    expect(second.tag).not.toBe(first.tag);
    expect(await again(customer, second.tag)).toMatchObject({ status: 304 });
    // What another model's tables say has changed nothing here.
    expect(await again(staff, other.tag)).toMatchObject({ status: 304 });
  });

  test("is of its question, its media type and the write that it shows", async () => {
    const { tag } = await get(customer);
    expect(await again("{ customerOrders(id: 2) { name } }", tag)).toMatchObject({ status: 200 });
    expect((await again(customer, tag, { accept: "application/graphql-response+json" })).status).toBe(200);
    for (const forged of ['W/"x"', "*", tag?.replace(/~.*/, '~x"') ?? "", `W/"${"a.".repeat(500)}"`])
      expect((await again(customer, forged)).status).toBe(200);
  });

  test("is not confirmed while MongoDB is away", async () => {
    const { tag } = await get(customer);
    isReachable = false;
    try {
      expect((await again(customer, tag)).status).toBe(200);
    } finally {
      isReachable = true;
    }
  });
});

test("An answer that is read live, failed, or is of the run log has none, and is kept by nobody", async () => {
  for (const query of [
    "{ customerOrders(id: 1 source: LIVE) { name } }",
    '{ customerOrders(id: "x") { name } }',
    "{ customerOrders(id: 1) { name } runs { id } }",
    "{ nonsense }",
  ])
    expect(await get(query)).toMatchObject({
      tag: null,
      cache: query === "{ nonsense }" ? null : "no-store",
    });
  const explained = await get(customer, { "x-vitrine-explain": "1" });
  expect(explained).toMatchObject({ tag: null, cache: "no-store" });
});

test("An answer may be kept for as long as its question lets the mirror be behind", async () => {
  expect(await get("{ customerOrders(id: 1 maxStaleness: 60000) { name } }")).toMatchObject({
    cache: "private, max-age=60",
    tag: expect.any(String),
  });
  expect((await get("{ customerOrders(id: 1 source: LIVE maxStaleness: 5000) { name } }")).cache).toBe(
    "private, max-age=5",
  );
  const both = "{ a: customerOrders(id: 1 maxStaleness: 60000) { name } b: customerOrders(id: 2) { name } }";
  expect((await get(both)).cache).toBe("private, no-cache");
  expect(await get("{ customerOrders(id: 1 maxStaleness: 50) { name } }")).toMatchObject({ tag: null });
});

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { createExplainRule, createViewTexts } from "../../../src/graphql/explain-rule.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type ServerOptions } from "../../../src/graphql/server.ts";
import project from "../../../vitrine.config.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, project);
});
afterAll(() => gateway?.close());

interface Explanation {
  readonly store: string;
  readonly why: string;
  readonly model: string | null;
  readonly view: string | null;
  readonly leftOut: number;
  readonly statements: readonly {
    readonly store: string;
    readonly model: string | null;
    readonly text: string;
    readonly values: readonly unknown[] | null;
    readonly rows: number | null;
    readonly ms: number;
  }[];
}
interface Extensions {
  readonly explain?: Readonly<Record<string, Explanation>>;
  readonly explainRefused?: string;
  readonly cost?: { readonly cost: number; readonly limit: number; readonly ms: number };
}

/** A server with this setting beside the gateway's own. */
async function serve(setting: string | undefined, changes: Partial<ServerOptions> = {}) {
  const readView = createViewTexts(gateway.database.project, ".");
  const server = await createServer({
    ...gateway.options,
    metrics: createMetrics(),
    explain: createExplainRule(setting, changes.host ?? "127.0.0.1", readView),
    ...changes,
  });
  onTestFinished(() => server.close());
  return server;
}

/** What a whole answer says beside its data. */
async function extensionsOf(
  url: string,
  query: string,
  headers: Record<string, string>,
): Promise<Extensions> {
  const { errors, extensions } = await ask(url, query, {}, headers);
  expect(errors).toBeUndefined();
  return (extensions ?? {}) as Extensions;
}

/** How an answer was made. */
async function explain(query: string, changes: Partial<ServerOptions> = {}) {
  const { url } = await serve(undefined, changes);
  const { explain: explanation } = await extensionsOf(url, query, { "x-vitrine-explain": "1" });
  return explanation ?? {};
}

describe("An answer that is explained", () => {
  test("names store, reason, statement, values, rows, time and the view, for each root field", async () => {
    const page = (source: string) =>
      `customerOrdersConnection(first: 2 source: ${source} where: { state: { eq: "CA" } }) { nodes { name } }`;
    const { one, mirrored } = await explain(`{ one: ${page("LIVE")} mirrored: ${page("MIRROR")} }`);
    expect(one).toMatchObject({
      store: "LIVE",
      why: "The query asks for it.",
      model: "customer_orders",
      leftOut: 0,
    });
    expect(one?.view).toMatch(/create or replace[\s\S]*view customer_orders/i);
    expect(one?.statements).toMatchObject([
      { store: "LIVE", model: "customer_orders", rows: 3, values: ["CA"], ms: expect.any(Number) },
    ]);
    expect(one?.statements[0]?.text).toMatch(/select .* from `customer_orders`/s);
    expect(mirrored).toMatchObject({ store: "MIRROR", model: "customer_orders", view: one?.view });
    expect(mirrored?.statements).toMatchObject([{ store: "MIRROR", rows: 3, values: [] }]);
    expect(mirrored?.statements[0]?.text).toMatch(
      /^db\.getCollection\("customer_orders"\)\.find\(.*"CA".*\)\.sort\(.*\)\.limit\(3\)$/s,
    );
  });

  test("can be run as it is told: the same statement finds the same rows", async () => {
    const { one } = await explain(
      '{ one: customerOrdersConnection(source: LIVE where: { state: { eq: "CA" } }) { totalCount } }',
    );
    const [statement] = one?.statements ?? [];
    const rows = await gateway.database.reader.query(statement?.text ?? "", statement?.values ?? []);
    expect(rows).toHaveLength(statement?.rows ?? -1);
  });

  test("tells of linked documents under their root field, one statement per batch", async () => {
    const page =
      "customerOrdersConnection(first: 5 source: LIVE) { nodes { orders { details { status } } } }";
    const { a, b, c } = await explain(
      `{ a: ${page} b: ${page} c: customerOrders(id: 1 source: LIVE) { name } }`,
    );
    expect(a?.model).toBe("customer_orders");
    expect(a?.statements.map(({ model }) => model)).toEqual(["customer_orders", "order_details"]);
    // Both ask for the same documents: each is told of a read of its own.
    expect(b?.statements.map(({ model }) => model)).toEqual(["customer_orders", "order_details"]);
    expect(c?.statements.map(({ model }) => model)).toEqual(["customer_orders"]);
  });

  test("tells of a cube which roll-up answered, and that live groups the facts", async () => {
    const { rolled, facts, mirrored } = await explain(
      "{ rolled: sales(groupBy: [STATE]) { revenue } facts: sales(groupBy: [STATE] source: LIVE) { revenue } mirrored: sales(groupBy: [CITY, ZIP] source: MIRROR) { revenue } }",
    );
    expect(rolled?.model).toMatch(/^sales_/);
    expect(rolled?.why).toContain("hold the answer to the question to sales");
    expect(rolled?.view).toContain(String(rolled?.model));
    expect(facts).toMatchObject({ store: "LIVE", model: "sales" });
    expect(facts?.statements[0]?.text).toContain("group by");
    expect(mirrored?.statements[0]?.text).toMatch(/^db\.getCollection\("sales"\)\.aggregate\(\[\{"\$match"/);
  });

  test("tells of a mirror that failed, and of the statement that answered instead", async () => {
    const { mirror, live } = gateway.options.stores;
    const broken = {
      ...mirror,
      findPage: async () => {
        throw new VitrineError("MIRROR_UNAVAILABLE", "MongoDB cannot be reached.");
      },
    };
    const { one } = await explain("{ one: customerOrdersConnection(first: 1) { nodes { name } } }", {
      stores: { live, mirror: broken },
    });
    expect(one).toMatchObject({ store: "LIVE", why: "The mirror failed, or took too long." });
    expect(one?.statements).toMatchObject([{ store: "LIVE", rows: 2 }]);
  });

  test("tells that a procedure was called, and never with what", async () => {
    const { salesReport } = await explain(
      '{ salesReport(from: "2007-01-01", to: "2007-12-31") { quantitySold } }',
    );
    expect(salesReport).toMatchObject({
      store: "LIVE",
      why: "Procedures run in MariaDB.",
      model: null,
      view: null,
    });
    expect(salesReport?.statements[0]).toMatchObject({ text: "call sales_report", values: null, rows: 1 });
  });
});

test("What a personal field is compared with is told to nobody, of neither store, and in no log", async () => {
  const query = (source: string) =>
    `query Person { staffConnection(source: ${source} where: { lastName: { eq: "Secretperson" } } orderBy: [LAST_NAME_ASC]) { totalCount nodes { staffId } } }`;
  const server = await serve("on", { slowQueryMs: -1 });
  for (const source of ["LIVE", "MIRROR"]) {
    const { explain: told } = await extensionsOf(server.url, query(source), { "x-vitrine-explain": "1" });
    const statements = told?.staffConnection?.statements ?? [];
    expect(statements).toHaveLength(2);
    for (const { values } of statements) expect(values).toBeNull();
    expect(JSON.stringify(told)).not.toContain("Secretperson");
  }
  const slow = () =>
    gateway.log.filter(({ msg, operation }) => msg === "slow query" && operation === "Person");
  await expect.poll(() => slow().length).toBe(2);
  expect(JSON.stringify(gateway.log)).not.toContain("Secretperson");
});

describe("Whoever", () => {
  const query = "{ customerOrders(id: 1) { name } }";

  test("does not ask is told nothing, and who asks for the cost gets that alone", async () => {
    const { url } = await serve("on");
    expect(Object.keys(await extensionsOf(url, query, {}))).toEqual(["freshness"]);
    const { explain: none, cost } = await extensionsOf(url, query, { "x-vitrine-cost": "1" });
    expect(none).toBeUndefined();
    expect(cost).toEqual({ cost: 2, limit: 200_000, ms: expect.any(Number) });
  });

  test("asks a server that explains nothing, or without its key, is told which setting allows it", async () => {
    const key = "a key of the operators";
    for (const [setting, header] of [
      ["off", "1"],
      [key, "1"],
      [key, `${key} `.slice(1)],
    ] as const) {
      const { url } = await serve(setting);
      const { explain: none, explainRefused } = await extensionsOf(url, query, {
        "x-vitrine-explain": header,
      });
      expect(none).toBeUndefined();
      expect(explainRefused).toContain("VITRINE_EXPLAIN");
    }
    const { url } = await serve(key);
    expect((await extensionsOf(url, query, { "x-vitrine-explain": key })).explain).toBeDefined();
  });
});

test("Events of a subscription are not explained, also to who may ask, and come as ever", async () => {
  const { url } = await serve("on");
  const stop = new AbortController();
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", "x-vitrine-explain": "1" },
    body: JSON.stringify({
      query: "subscription { salesChanged(groupBy: [STATE]) { isWhole changes { row { state } } } }",
    }),
    signal: stop.signal,
  });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes("isWhole")) break;
  }
  stop.abort();
  expect(text).toContain('"isWhole":true');
  expect(text).not.toContain("explain");
});

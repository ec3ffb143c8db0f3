import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createExplainRule, createViewTexts } from "../../../src/graphql/explain-rule.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
  const { admin } = gateway.database;
  await admin.run("select 1");
});
afterAll(() => gateway?.close());

const explained = { "x-vitrine-explain": "1" };

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

/** A server with this setting beside the gateway's own. */
async function serve(setting: string | undefined) {
  const readView = createViewTexts(gateway.database.project, ".");
  const explain = createExplainRule(setting, "127.0.0.1", readView);
  const server = await createServer({ ...gateway.options, metrics: createMetrics(), explain });
  onTestFinished(() => server.close());
  return server;
}

/** What the answer says of how it was made. */
async function explain(query: string, variables: Record<string, unknown> = {}) {
  const server = await serve(undefined);
  const { errors, extensions } = await ask(server.url, query, variables, explained);
  expect(errors).toBeUndefined();
  return (extensions as unknown as { readonly explain: Record<string, Explanation> }).explain;
}

describe("An answer that is explained", () => {
  test("names the store, the reason, the statement with its values, its rows and the view, per root field", async () => {
    const { one, mirrored } = await explain(
      `query ($state: String) {
        one: customerOrdersConnection(first: 2 source: LIVE where: { state: { eq: $state } }) { nodes { name } }
        mirrored: customerOrdersConnection(first: 2 source: MIRROR where: { state: { eq: $state } }) { nodes { name } }
      }`,
      { state: "CA" },
    );
    expect(one).toMatchObject({
      store: "LIVE",
      why: "The query asks for it.",
      model: "customer_orders",
      leftOut: 0,
    });
    expect(one?.view).toContain("view");
    expect(one?.statements).toMatchObject([
      { store: "LIVE", model: "customer_orders", rows: 3, values: ["CA"] },
    ]);
    expect(one?.statements[0]?.text).toMatch(/select .* from `customer_orders`/s);
    expect(mirrored).toMatchObject({ store: "MIRROR", model: "customer_orders" });
    expect(mirrored?.statements).toMatchObject([{ store: "MIRROR", rows: 3, values: [] }]);
    expect(mirrored?.statements[0]?.text).toMatch(
      /^db\.getCollection\("customer_orders"\)\.find\(.*"CA".*\)\.sort\(.*\)\.limit\(3\)$/s,
    );
  });
});

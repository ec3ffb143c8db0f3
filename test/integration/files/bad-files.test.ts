import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { linesOf, postForFile, refusalOf, withServer } from "./fetch-file.ts";

/** Names that a spreadsheet would run, or take for something else. */
const formulas = ['=HYPERLINK("http://x.test")', "+1+1", "-2", "@SUM(A1)", "00678", "\t=1"];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({}, async ({ admin }) => {
    const rows = await admin.query("select product_id from product order by product_id limit ?", [
      formulas.length,
    ]);
    for (const [index, row] of rows.entries())
      await admin.run("update product set name = ? where product_id = ?", [formulas[index], row.product_id]);
  });
});
afterAll(() => gateway?.close());

const post = (
  query: string,
  { accept = "text/csv", url = gateway.server.url }: { readonly accept?: string; readonly url?: string } = {},
) => postForFile(url, accept, query);

const orders =
  "{ orderDetailsConnection(source: LIVE) { nodes { orderId status placed subtotal salesTax total buyer { name } items { productId name quantity unitPrice lineTotal } } } }";

/** What comes of a body that breaks off, and whether it claims to be whole. */
const readBroken = (url: string, accept: string) =>
  new Promise<{ readonly text: string; readonly isWhole: boolean }>((resolve, reject) => {
    const sent = request(url, { method: "POST", headers: { accept, "content-type": "application/json" } });
    sent.on("error", reject);
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", () => undefined);
      response.on("close", () => resolve({ text, isWhole: response.complete }));
    });
    sent.end(JSON.stringify({ query: orders }));
  });

test.each([
  [
    "two lists",
    "{ a: orderDetailsConnection { nodes { orderId } } b: salesTrendConnection { nodes { month } } }",
    /2: a, b\./,
  ],
  [
    "nodes and edges",
    "{ orderDetailsConnection { nodes { orderId } edges { cursor } } }",
    /2: nodes, edges\./,
  ],
  [
    "a list twice",
    "{ orderDetailsConnection { nodes { orderId } more: nodes { total } } }",
    /2: nodes, more\./,
  ],
  ["nothing but a type name", "{ __typename }", /asks for no rows/],
  ["the schema", "{ __schema { types { name } } }", /of the schema/],
  ["a subscription", "subscription { orderDetailsChanged(ids: [1]) { id } }", /is a subscription/],
  ["a mutation", "mutation { cancelOrder(orderId: 1) { __typename } }", /is a mutation/],
  ["a field that is gone", "{ orderDetailsConnection { nodes { gone } } }", /Cannot query field/],
])("%s as CSV is refused by name", async (_what, query, message) => {
  expect(await refusalOf(await post(query))).toEqual([400, "QUERY_INVALID", expect.stringMatching(message)]);
});

test.each([
  ["{ orderDetailsConnection(first: -1) { nodes { orderId } } }", "BAD_INPUT"],
  ["{ sales(groupBy: [ORDERED_ON] first: 20000) { orderedOn } }", "BAD_INPUT"],
  ['{ orderDetailsConnection(after: "x") { nodes { orderId } } }', "BAD_INPUT"],
  [
    '{ orderDetailsConnection(source: MIRROR asOf: "2024-01-01T00:00:00Z") { nodes { orderId } } }',
    "BAD_INPUT",
  ],
])("what JSON would refuse, a file refuses with a status: %s", async (query, code) => {
  expect((await refusalOf(await post(query))).slice(0, 2)).toEqual([400, code]);
});

test("the form of spreadsheets runs no cell, and the plain form has each as it is", async () => {
  const query = `{ productBuyersConnection(first: ${formulas.length}) { nodes { name } } }`;
  const plain = await (await post(query)).text();
  expect(plain).toBe(
    `name\n${formulas.map((name) => (name.includes('"') ? `"${name.replaceAll('"', '""')}"` : name)).join("\n")}\n`,
  );
  const excel = await (await post(query, { accept: "text/csv; excel=true" })).arrayBuffer();
  expect(Buffer.from(excel).toString()).toBe(
    `\ufeffname\r\n${['"\'=HYPERLINK(""http://x.test"")"', "'+1+1", "'-2", "'@SUM(A1)", '"=""00678"""', "'\t=1"].join("\r\n")}\r\n`,
  );
});

describe("A file that breaks", () => {
  test("on its way ends without an end, and texts say why in their last line", async () => {
    const { length } = await linesOf(await post(orders));
    await withServer(
      gateway,
      { files: { ...gateway.options.files, maxRows: length - 10 } },
      async ({ url }) => {
        const csv = await readBroken(url, "text/csv");
        expect(csv.isWhole).toBe(false);
        expect(csv.text.trimEnd().split("\n").at(-1)).toMatch(
          /^"Broken off: The file has more than \d+ rows\./,
        );
        const lines = await readBroken(url, "application/x-ndjson");
        expect(lines.isWhole).toBe(false);
        expect(JSON.parse(lines.text.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
          errors: [{ message: expect.stringContaining("VITRINE_MAX_FILE_ROWS") }],
        });
        // Nothing was sent of it before.
        expect(
          (await refusalOf(await post(orders, { accept: "application/vnd.apache.parquet", url }))).slice(
            0,
            2,
          ),
        ).toEqual([400, "LIMIT_EXCEEDED"]);
      },
    );
  });

  test("for want of time says so", async () => {
    await withServer(gateway, { files: { ...gateway.options.files, timeoutMs: 1 } }, async ({ url }) => {
      expect((await refusalOf(await post(orders, { url }))).slice(0, 2)).toEqual([504, "QUERY_TIMEOUT"]);
    });
  });
});

test("a list of groups that may be cut is refused, and a wide page is read in smaller ones", async () => {
  const { options } = gateway;
  const groups = "{ sales(groupBy: [ORDERED_ON, PRODUCT]) { orderedOn product revenue } }";
  await withServer(gateway, { limits: { ...options.limits, maxCost: 400 } }, async ({ url }) => {
    expect(await refusalOf(await post(groups, { url }))).toEqual([
      400,
      "LIMIT_EXCEEDED",
      expect.stringContaining("Group by less"),
    ]);
  });
  // By its cost a page of 500 would do; its answer is too large.
  await withServer(gateway, { answer: { ...options.answer, maxBytes: 20_000 } }, async ({ url }) => {
    const paged = orders.replace("source: LIVE", "source: LIVE orderBy: [PLACED_ASC]");
    expect(await linesOf(await post(paged, { url }))).toEqual(await linesOf(await post(paged)));
  });
});

test("when as many files are sent as may be, the next is asked to come again, and one that is left makes room", async () => {
  const { live, mirror } = gateway.options.stores;
  const stuck = new Promise<never>(() => undefined);
  let asked = 0;
  const stores = {
    mirror,
    live: {
      ...live,
      findPage: (...args: Parameters<typeof live.findPage>) => {
        asked += 1;
        return asked === 1 ? stuck : live.findPage(...args);
      },
    },
  };
  const files = { ...gateway.options.files, maxAtOnce: 1 };
  const paged = orders.replace("source: LIVE", "source: LIVE orderBy: [PLACED_ASC]");
  await withServer(gateway, { stores, files }, async ({ url }) => {
    const leave = new AbortController();
    const headers = { "content-type": "application/json", accept: "text/csv" };
    const body = JSON.stringify({ query: paged });
    const left = fetch(url, { method: "POST", headers, body, signal: leave.signal });
    await expect.poll(() => asked).toBe(1);
    const refused = await post(paged, { url });
    expect(refused.headers.get("retry-after")).toBe("10");
    expect((await refusalOf(refused)).slice(0, 2)).toEqual([429, "LIMIT_EXCEEDED"]);
    leave.abort();
    await expect(left).rejects.toThrow("aborted");
    await expect.poll(async () => (await post(paged, { url })).status).toBe(200);
  });
});

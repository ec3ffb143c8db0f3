import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/graphql/server.ts";
import { askDuckDb, readParquetTypes } from "../../support/read-parquet.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  folder = await mkdtemp(join(tmpdir(), "vitrine-files-"));
});
afterAll(async () => {
  await gateway?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Posts a query and wants a file. */
const post = (
  accept: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  url = gateway.server.url,
) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: JSON.stringify({ query, variables }),
  });

const linesOf = async (response: Response): Promise<readonly string[]> =>
  (await response.text()).trimEnd().split(/\r?\n/);

/** The same gateway with other settings. */
async function withServer<T>(
  changes: Partial<ServerOptions>,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await createServer({ ...gateway.options, metrics: createMetrics(), ...changes });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

const orders = `query Orders($source: Source) {
  orderDetailsConnection(source: $source orderBy: [TOTAL_DESC]) {
    totalCount
    nodes { orderId total placed buyer { name } customer { state } items { name quantity } }
    pageInfo { hasNextPage }
  }
}`;

/** All orders as JSON has them, page by page. */
async function askAllOrders(): Promise<readonly Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let after: string | null = null; ; ) {
    const { data } = await gateway.ask(
      `query ($after: String) { page: orderDetailsConnection(first: 100 after: $after orderBy: [TOTAL_DESC]) {
        nodes { orderId total placed buyer { name } customer { state } items { name quantity } }
        pageInfo { hasNextPage endCursor }
      } }`,
      { after },
    );
    const page = data?.page as {
      readonly nodes: readonly Record<string, unknown>[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
    all.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return all;
    after = page.pageInfo.endCursor;
  }
}

describe("A list as a file", () => {
  test("has the rows of all pages in their order, whatever the store and the size of a page", async () => {
    const all = await askAllOrders();
    expect(all.length).toBeGreaterThan(200);
    // An answer of that cost has few rows, so that there are many pages.
    await withServer({ limits: { ...gateway.options.limits, maxCost: 400 } }, async ({ url }) => {
      for (const source of ["LIVE", "MIRROR"]) {
        const response = await post("application/x-ndjson", orders, { source }, url);
        expect(response.status).toBe(200);
        expect(JSON.parse(response.headers.get("x-vitrine-freshness") ?? "")).toMatchObject([
          { source, model: "order_details" },
          { source },
        ]);
        const rows = (await linesOf(response)).map((line) => JSON.parse(line) as Record<string, unknown>);
        // Lines have decimals as numbers.
        expect(rows).toEqual(all.map((row) => ({ ...row, total: Number(row.total) })));
      }
    });
  });

  test("as CSV has objects as columns of their own, and lists as JSON", async () => {
    const response = await post("text/csv", orders);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="Orders.csv"');
    const [header, first] = await linesOf(response);
    expect(header).toBe("orderId,total,placed,buyer.name,customer.state,items");
    const [order] = await askAllOrders();
    expect(first).toContain(`${order?.orderId},${order?.total},`);
    expect(first).toContain(`"${JSON.stringify(order?.items).replaceAll('"', '""')}"`);
  });

  test("as Parquet has the types of the schema, decimals to the last digit", async () => {
    const response = await post("application/vnd.apache.parquet", orders);
    const path = join(folder, "orders.parquet");
    await writeFile(path, Buffer.from(await response.arrayBuffer()));
    expect(await readParquetTypes(path)).toEqual({
      orderId: "INTEGER",
      total: "DECIMAL(38,2)",
      placed: "TIMESTAMP WITH TIME ZONE",
      "buyer.name": "VARCHAR",
      "customer.state": "VARCHAR",
      items: "VARCHAR",
    });
    const sum = await askDuckDb(`select sum(total)::varchar as total, count(*)::varchar as n from '${path}'`);
    const all = await askAllOrders();
    const cents = all.reduce((cent, { total }) => cent + BigInt(String(total).replace(".", "")), 0n);
    expect(sum).toEqual([
      { total: `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`, n: String(all.length) },
    ]);
  });
});

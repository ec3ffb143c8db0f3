import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askDuckDb, readParquetTypes } from "../../support/read-parquet.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { linesOf, postForFile, withServer } from "./fetch-file.ts";

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

const post = (
  accept: string,
  query: string,
  variables?: Readonly<Record<string, unknown>>,
  url = gateway.server.url,
) => postForFile(url, accept, query, variables);

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
    await withServer(gateway, { limits: { ...gateway.options.limits, maxCost: 400 } }, async ({ url }) => {
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

  test("of stored fields alone is one snapshot, with aliases, closed sets by name and nested lists", async () => {
    const query = `query Plain($source: Source!, $from: Int!) {
      orders: orderDetailsConnection(source: $source where: { orderId: { gte: $from } } first: 120) {
        nodes { id: orderId status ...Money buyer { who: name } items { name unitPrice } }
      }
    }
    fragment Money on OrderDetails { total }`;
    const { data } = await gateway.ask(query.replace("first: 120", "first: 120, orderBy: [ORDER_ID_ASC]"), {
      source: "LIVE",
      from: 5,
    });
    const nodes = (data?.orders as { readonly nodes: readonly unknown[] } | undefined)?.nodes ?? [];
    expect(nodes.length).toBe(120);
    for (const source of ["LIVE", "MIRROR"]) {
      const response = await post("application/x-ndjson; numbers=text", query, { source, from: 5 });
      expect(JSON.parse(response.headers.get("x-vitrine-freshness") ?? "")).toMatchObject([
        { root: "orders", model: "order_details", source, asOf: expect.any(String) },
      ]);
      expect((await linesOf(response)).map((line) => JSON.parse(line))).toEqual(nodes);
    }
  });

  test("of a cube has all its rows without being told how many, and so has a single document one", async () => {
    const query =
      "{ sales(groupBy: [PRODUCT, STATE] orderBy: [REVENUE_DESC]) { product state revenue share { revenue } } }";
    const { data } = await gateway.ask(query.replace("groupBy", "first: 5000, groupBy"));
    const rows = data?.sales as readonly {
      product: string;
      state: string;
      revenue: string;
      share: { revenue: string };
    }[];
    expect(rows.length).toBeGreaterThan(100); // which is how many there are in JSON
    expect(await linesOf(await post("text/csv", query))).toEqual([
      "product,state,revenue,share.revenue",
      ...rows.map(({ product, state, revenue, share }) => `${product},${state},${revenue},${share.revenue}`),
    ]);
    const one = await post("text/csv", "{ orderDetails(id: 7) { orderId } }");
    expect(await linesOf(one)).toEqual(["orderId", "7"]);
    expect(await linesOf(await post("text/csv", "{ orderDetails(id: 999999) { orderId } }"))).toEqual([
      "orderId",
    ]);
  });

  test("can be fetched by its address, and shows a moment of the past", async () => {
    const query =
      "query Ids($asOf: DateTime) { orderDetailsConnection(first: 3 asOf: $asOf) { nodes { orderId } } }";
    const url = `${gateway.server.url}?${new URLSearchParams({ query, variables: JSON.stringify({ asOf: new Date().toISOString() }) })}`;
    const response = await fetch(url, { headers: { accept: "text/html;q=0.1, text/csv" } });
    expect(await linesOf(response)).toEqual(["orderId", "0", "1", "2"]);
    expect(JSON.parse(response.headers.get("x-vitrine-freshness") ?? "")).toMatchObject([{ source: "LIVE" }]);
  });

  test("is logged and measured like every answer", async () => {
    const response = await post(
      "text/csv",
      "query Measured { orderDetailsConnection(first: 1) { nodes { orderId } } }",
    );
    await response.text();
    const requestId = response.headers.get("x-request-id");
    const linesFor = () => gateway.log.filter((line) => line.requestId === requestId);
    await expect.poll(linesFor).toMatchObject([
      { msg: "file sent", file: "Measured", format: "csv", bytes: 10 },
      { msg: "answered", operation: "Measured", codes: [] },
    ]);
  });
});

import fc from "fast-check";
import { getOperationAST, parse } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OPERATION_COST } from "../../../src/graphql/fair-shares.ts";
import { readCost } from "../../../src/graphql/field-cost.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { toFieldName } from "../../../src/models/model.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let server: Server;
beforeAll(async () => {
  gateway = await openTestGateway();
  const limits = { ...gateway.options.limits, maxCost: Number.POSITIVE_INFINITY, maxDepth: 40 };
  server = await createServer({
    ...gateway.options,
    limits,
    metrics: createMetrics(),
    maxDocuments: 1_000_000,
  });
});
afterAll(async () => {
  await server?.close();
  await gateway?.close();
});

const size = (max: number) => fc.integer({ min: 1, max });
const source = fc.constantFrom("MIRROR", "LIVE");
const dimensions = fc.shuffledSubarray(["STATE", "CITY", "STATUS", "CUSTOMER_ID", "PRODUCT_ID"], {
  minLength: 1,
  maxLength: 4,
});
const measures = fc.subarray(["revenue", "orders", "units"], { minLength: 1 });
const lower = (names: readonly string[]) =>
  names
    .map((name) =>
      toFieldName(name.toLowerCase().replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase())),
    )
    .join(" ");

/** Random questions of each kind; the sizes differ, so that work does. */
const kinds: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "pages of flat documents": fc
    .tuple(size(500), source)
    .map(
      ([first, from]) =>
        `{ productBuyersConnection(first: ${first} source: ${from}) { nodes { productId name currentPrice } } }`,
    ),
  "pages of documents with lists": fc
    .tuple(size(500), source)
    .map(
      ([first, from]) =>
        `{ orderDetailsConnection(first: ${first} source: ${from}) { nodes { orderId status total buyer { customerId name } items { productId name quantity unitPrice lineTotal } } } }`,
    ),
  "links from a page": fc
    .tuple(size(100), source)
    .map(
      ([first, from]) =>
        `{ orderDetailsConnection(first: ${first} source: ${from}) { nodes { orderId items { name product { name currentPrice } } } } }`,
    ),
  "several documents by id": fc
    .tuple(size(25), source)
    .map(
      ([count, from]) =>
        `{ ${Array.from({ length: count }, (_, n) => `d${n}: customerOrders(id: ${n + 1} source: ${from}) { name orders { orderId items { name quantity } } }`).join(" ")} }`,
    ),
  counts: fc
    .tuple(size(25), source)
    .map(
      ([count, from]) =>
        `{ ${Array.from({ length: count }, (_, n) => `d${n}: orderDetailsConnection(source: ${from} where: { orderId: { gt: ${n} } }) { totalCount }`).join(" ")} }`,
    ),
  versions: fc
    .tuple(size(8), size(100))
    .map(
      ([count, first]) =>
        `{ ${Array.from({ length: count }, (_, n) => `d${n}: orderDetailsHistory(id: ${n + 1} first: ${first}) { nodes { validFrom document { status total } } }`).join(" ")} }`,
    ),
  "groups of facts": fc
    .tuple(size(2000), dimensions, measures, source)
    .map(
      ([first, by, shown, from]) =>
        `{ sales(groupBy: [${by.join(" ")}] first: ${first} source: ${from}) { ${lower(by)} ${shown.join(" ")} } }`,
    ),
  "sums on several levels": fc
    .tuple(size(2000), dimensions, measures, source)
    .map(
      ([first, by, shown, from]) =>
        `{ sales(cube: [${by.join(" ")}] first: ${first} source: ${from}) { level ${lower(by)} ${shown.join(" ")} } }`,
    ),
  "groups beside others": fc
    .tuple(size(1000), dimensions, source)
    .map(
      ([first, by, from]) =>
        `{ sales(groupBy: [${by.join(" ")}] first: ${first} source: ${from}) { ${lower(by)} share { revenue } runningTotal { revenue } } }`,
    ),
  "facts of groups": fc
    .tuple(size(25), size(20), source)
    .map(
      ([groups, first, from]) =>
        `{ sales(groupBy: [CUSTOMER_ID] first: ${groups} source: ${from}) { customerId facts(first: ${first}) { nodes { orderId units } } } }`,
    ),
};

test("explore", async () => {
  for (const [kind, queries] of Object.entries(kinds)) {
    const rows: [number, number, string][] = [];
    for (const query of fc.sample(queries, { numRuns: 14, seed: 3 })) {
      const operation = getOperationAST(parse(query));
      if (!operation) throw new Error("x");
      const cost = readCost({ schema: gateway.options.schema }, operation, new Map(), {});
      let best = Number.POSITIVE_INFINITY;
      for (let n = 0; n < 4; n += 1) {
        const startedAt = performance.now();
        const answer = await ask(server.url, query);
        best = Math.min(best, performance.now() - startedAt);
        expect([query, answer.errors]).toEqual([query, undefined]);
      }
      rows.push([cost, best, query]);
    }
    rows.sort((a, b) => a[0] - b[0]);
    console.log(kind);
    for (const [cost, ms, query] of rows)
      console.log(
        `  ${cost} ${ms.toFixed(1)} ms  ${((ms * 1000) / (cost + OPERATION_COST)).toFixed(2)} us/cost ${query.slice(0, 90)}`,
      );
  }
});

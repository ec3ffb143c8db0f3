import { getOperationAST, parse } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OPERATION_COST } from "../../../src/graphql/fair-shares.ts";
import { readCost } from "../../../src/graphql/field-cost.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { createRandom } from "../../../src/models/sample-random.ts";
import { readTestSeed } from "../../support/test-seed.ts";
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

/** Questions of one kind, from small ones to large ones. */
interface Kind {
  readonly most: number;
  readonly query: (size: number, source: string) => string;
}

/** So many fields, each under a name of its own. */
const fields = (count: number, field: (n: number) => string) =>
  `{ ${Array.from({ length: count }, (_, n) => `f${n}: ${field(n + 1)}`).join(" ")} }`;

const kinds: Readonly<Record<string, Kind>> = {
  "a page of flat documents": {
    most: 500,
    query: (first, source) =>
      `{ orderDetailsConnection(first: ${first} source: ${source}) { nodes { orderId status total subtotal } } }`,
  },
  "a page of documents with lists": {
    most: 200,
    query: (first, source) =>
      `{ orderDetailsConnection(first: ${first} source: ${source}) { nodes { orderId status total buyer { customerId name } items { productId name quantity unitPrice lineTotal } } } }`,
  },
  "links from a page": {
    most: 100,
    query: (first, source) =>
      `{ orderDetailsConnection(first: ${first} source: ${source}) { nodes { orderId items { name product { name currentPrice } } } } }`,
  },
  "several documents by id": {
    most: 25,
    query: (count, source) =>
      fields(
        count,
        (id) =>
          `customerOrders(id: ${id} source: ${source}) { name orders { orderId items { name quantity } } }`,
      ),
  },
  "several pages": {
    most: 25,
    query: (count, source) =>
      fields(
        count,
        (n) =>
          `orderDetailsConnection(first: 1 source: ${source} where: { orderId: { gt: ${n} } }) { nodes { total } }`,
      ),
  },
  "several counts": {
    most: 25,
    query: (count, source) =>
      fields(
        count,
        (n) => `orderDetailsConnection(source: ${source} where: { orderId: { gt: ${n} } }) { totalCount }`,
      ),
  },
  "several histories": {
    most: 10,
    query: (count) =>
      fields(
        count,
        (id) => `orderDetailsHistory(id: ${id} first: 1) { nodes { validFrom document { total } } }`,
      ),
  },
  "several questions to a cube": {
    most: 10,
    query: (count, source) =>
      fields(
        count,
        (n) =>
          `sales(groupBy: [STATE] first: 5 source: ${source} where: { orderId: { gt: ${n} } }) { state revenue }`,
      ),
  },
  "groups of facts": {
    most: 500,
    query: (first, source) =>
      `{ sales(groupBy: [CUSTOMER_ID PRODUCT_ID] first: ${first} source: ${source}) { customerId productId revenue units share { revenue } } }`,
  },
  "facts of groups": {
    most: 20,
    query: (first, source) =>
      `{ sales(groupBy: [CUSTOMER_ID] first: ${first} source: ${source}) { customerId facts(first: 3) { nodes { orderId units } } } }`,
  },
};

interface Measured {
  readonly kind: string;
  readonly query: string;
  /** With what every operation costs. */
  readonly cost: number;
  /** Least time of the processor that one answer took this process, in microseconds. */
  cpu: number;
}

const SIZES = 5;
const ROUNDS = 4;

/** Asks all questions in turn, so that a busy moment of the machine meets all kinds, and keeps the least of each. */
async function measure(seed: number): Promise<readonly Measured[]> {
  const random = createRandom(seed);
  const all = Object.entries(kinds).flatMap(([kind, { most, query }]) =>
    Array.from({ length: SIZES }, (_, n): Measured => {
      const size = Math.ceil(most ** ((n + random.next()) / SIZES));
      const text = query(size, random.chance(0.5) ? "LIVE" : "MIRROR");
      const operation = getOperationAST(parse(text));
      if (!operation) throw new Error("There is one operation.");
      const cost = readCost({ schema: gateway.options.schema }, operation, new Map(), {});
      return { kind, query: text, cost: OPERATION_COST + cost, cpu: Number.POSITIVE_INFINITY };
    }),
  );
  for (let round = 0; round < ROUNDS; round += 1)
    for (const one of all) {
      const before = process.cpuUsage();
      const answer = await ask(server.url, one.query);
      const { user, system } = process.cpuUsage(before);
      one.cpu = Math.min(one.cpu, user + system);
      expect([one.query, answer.errors]).toEqual([one.query, undefined]);
    }
  return all;
}

/** Spearman's rank correlation. */
function correlate(all: readonly Measured[]): number {
  const mean = (all.length - 1) / 2;
  const ranksOf = (read: (one: Measured) => number) => {
    const sorted = all.map(read).sort((a, b) => a - b);
    return all.map((one) => (sorted.indexOf(read(one)) + sorted.lastIndexOf(read(one))) / 2 - mean);
  };
  const [costs, times] = [ranksOf(({ cost }) => cost), ranksOf(({ cpu }) => cpu)];
  const sum = (a: readonly number[], b: readonly number[]) =>
    a.reduce((total, one, n) => total + one * (b[n] ?? 0), 0);
  return sum(costs, times) / Math.sqrt(sum(costs, costs) * sum(times, times));
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
/** What a field of the larger questions takes: of the small ones it drowns in the rest. */
function perCost(some: readonly Measured[]): number {
  const larger = some.slice(-Math.ceil(SIZES / 2));
  const sum = (of: "cost" | "cpu") => larger.reduce((total, one) => total + one[of], 0);
  return sum("cpu") / sum("cost");
}

const seed = readTestSeed();

test(`What costs more takes the gateway longer, and a field of one kind no many times that of others (VITRINE_TEST_SEED=${seed})`, async () => {
  const all = await measure(seed);
  const ofKinds = Object.keys(kinds).map((kind) => [kind, all.filter((one) => one.kind === kind)] as const);
  const usual = median(ofKinds.map(([, some]) => perCost(some)));
  const ratios = ofKinds.map(([kind, some]) => [kind, perCost(some) / usual] as const);
  // To ask for more than is counted is what a limit must not let pass; what is counted too high is safe.
  expect(ratios.filter(([, ratio]) => ratio > 4 || ratio < 1 / 15)).toEqual([]);
  const inKinds = ofKinds.map(([, some]) => correlate(some));
  expect(inKinds.reduce((sum, one) => sum + one, 0) / inKinds.length).toBeGreaterThan(0.2);
  expect(correlate(all)).toBeGreaterThan(0.2);
});

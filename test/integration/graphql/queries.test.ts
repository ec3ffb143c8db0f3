import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readExamples } from "../../../src/graphql/examples.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { type Answer, ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

interface Page {
  readonly totalCount: number;
  readonly pageInfo: Record<"hasNextPage" | "hasPreviousPage", boolean> &
    Record<"startCursor" | "endCursor", string | null>;
  readonly nodes: readonly { readonly customerId: number; readonly state: string }[];
}

const pageOf = (answer: Answer): Page => {
  expect(answer.errors).toBeUndefined();
  return answer.data?.customerOrdersConnection as Page;
};
const customers = async (args: string, source = "MIRROR") =>
  pageOf(
    await gateway.ask(`{ customerOrdersConnection(${args} source: ${source}) {
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      nodes { customerId state }
    } }`),
  );
const ids = (page: Page) => page.nodes.map((node) => node.customerId);

describe("The customers of a state with their orders and items", () => {
  test("are paged twice, from LIVE and MIRROR, equal byte for byte apart from extensions", async () => {
    const examples = await readExamples("examples/pos");
    const example = examples.find(({ name }) => name === "customers-of-a-state");
    const pages: string[][] = [];
    for (const source of ["LIVE", "MIRROR"]) {
      const first = await gateway.ask(example?.query ?? "", { source });
      const page = pageOf(first);
      expect(page.nodes.length).toBe(5);
      const second = await gateway.ask(example?.query ?? "", { source, after: page.pageInfo.endCursor });
      expect(pageOf(second).nodes.length).toBeGreaterThan(0);
      expect(first.extensions?.freshness[0]).toMatchObject({ model: "customer_orders", source });
      pages.push([first, second].map((answer) => JSON.stringify(answer.data)));
    }
    expect(pages[0]).toEqual(pages[1]);
    expect(pages[0]?.[0]).not.toBe(pages[0]?.[1]);
  });
});

describe.each(["LIVE", "MIRROR"])("Paging through %s", (source) => {
  test("visits every document once, forwards and backwards, with exact page info", async () => {
    const order = "orderBy: [STATE_DESC, CUSTOMER_ID_ASC]";
    const all = ids(await customers(`${order} first: 500`, source));
    expect(all.length).toBeGreaterThan(50);
    const forwards: number[] = [];
    let page = await customers(`${order} first: 7`, source);
    for (;;) {
      expect(page.pageInfo.hasPreviousPage).toBe(forwards.length > 0);
      forwards.push(...ids(page));
      if (!page.pageInfo.hasNextPage) break;
      page = await customers(`${order} first: 7 after: "${page.pageInfo.endCursor}"`, source);
    }
    expect(forwards).toEqual(all);
    const backwards: number[] = [];
    page = await customers(`${order} last: 7`, source);
    for (;;) {
      expect(page.pageInfo.hasNextPage).toBe(backwards.length > 0);
      backwards.unshift(...ids(page));
      if (!page.pageInfo.hasPreviousPage) break;
      page = await customers(`${order} last: 7 before: "${page.pageInfo.startCursor}"`, source);
    }
    expect(backwards).toEqual(all);
  });

  test("takes both ends and an empty page", async () => {
    const first = await customers("first: 3", source);
    const third = ids(first)[2];
    const between = `after: "${first.pageInfo.startCursor}" before: "${first.pageInfo.endCursor}"`;
    const page = await customers(`first: 10 ${between}`, source);
    expect(ids(page)).toEqual([ids(first)[1]]);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    expect(ids(await customers(`last: 1 ${between}`, source))).toEqual([ids(first)[1]]);
    expect((await customers("first: 0", source)).pageInfo).toMatchObject({
      hasNextPage: true,
      endCursor: null,
    });
    const none = await customers(`where: { customerId: { lt: -5 } }`, source);
    expect(none).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } });
    expect(third).toBeDefined();
  });

  test("counts only what fits", async () => {
    const answer = await gateway.ask(
      `{ customerOrdersConnection(where: { state: { eq: "TX" } } first: 500 source: ${source}) { totalCount nodes { state } } }`,
    );
    const page = pageOf(answer);
    expect(page.totalCount).toBe(page.nodes.length);
    expect(new Set(page.nodes.map((node) => node.state))).toEqual(new Set(["TX"]));
  });
});

describe("A link", () => {
  test("is followed in the store of its root, and the answer says so", async () => {
    for (const source of ["LIVE", "MIRROR"]) {
      const answer = await gateway.ask(
        `query($source: Source) { customerOrdersConnection(first: 20 source: $source) {
          nodes { orders { orderId details { orderId buyer { customerId } customer { customerId } } } }
        } }`,
        { source },
      );
      expect(answer.errors).toBeUndefined();
      expect(answer.extensions?.freshness.map((entry) => [entry.model, entry.source])).toEqual([
        ["customer_orders", source],
        ["order_details", source],
      ]);
      expect(JSON.stringify(answer.data)).not.toContain('"details":null');
    }
  });

  test("and twenty documents by id are one read of the store", async () => {
    const { live, mirror } = gateway.options.stores;
    const reads: number[] = [];
    const counted: typeof live = {
      ...live,
      findByIds(model, ids, options) {
        reads.push(ids.length);
        return live.findByIds(model, ids, options);
      },
    };
    const metrics = createMetrics();
    const server = await createServer({ ...gateway.options, stores: { live: counted, mirror }, metrics });
    const fields = Array.from(
      { length: 20 },
      (_, n) => `c${n}: customerOrders(id: ${n} source: LIVE) { orders { details { total } } }`,
    );
    const answer = await ask(server.url, `{ ${fields.join(" ")} }`);
    expect(Object.keys(answer.data ?? {})).toHaveLength(20);
    expect(reads).toEqual([20, expect.any(Number)]);
    await server.close();
  });
});

describe("A document by id", () => {
  test("is null when there is none", async () => {
    for (const source of ["LIVE", "MIRROR"])
      expect(await gateway.ask(`{ customerOrders(id: 123456789 source: ${source}) { name } }`)).toMatchObject(
        {
          data: { customerOrders: null },
        },
      );
  });
});

describe("Bad input", () => {
  const connection = (args: string) => `{ customerOrdersConnection(${args}) { nodes { customerId } } }`;
  test.each([
    ["first: -1", connection("first: -1")],
    ["first: 100000", connection("first: 100000")],
    ["first with last", connection("first: 1 last: 1")],
    ["a bad cursor", connection('after: "nonsense"')],
    ["a cursor of another order", connection('after: "WyJteHc4c2M4UCIsMF0" orderBy: [STATE_ASC]')],
    ["a malformed id", '{ customerOrders(id: "1abc") { name } }'],
    ["an id out of range", '{ customerOrders(id: "99999999999") { name } }'],
    ["an unknown source", '{ customerOrders(id: "1" source: BOTH) { name } }'],
    ["a null in a filter", connection("where: { state: { eq: null } }")],
    ["a negative maxStaleness", '{ customerOrders(id: "1" maxStaleness: -1) { name } }'],
    ["an order named twice", connection("orderBy: [STATE_ASC, STATE_DESC]")],
  ])("%s is refused with a code and without a stack trace", async (_name, query) => {
    const answer = await gateway.ask(query);
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.extensions).toEqual({ code: "BAD_INPUT" });
    expect(JSON.stringify(answer)).not.toMatch(/\.ts|node_modules|select /);
  });

  test("in variables is refused the same way", async () => {
    const query =
      "query($first: Int, $where: CustomerOrdersWhere) { customerOrdersConnection(first: $first where: $where) { totalCount } }";
    for (const variables of [
      { first: -1 },
      { first: "x" },
      { where: { state: { eq: null } } },
      { where: { state: { eq: "\ud800" } } },
      { where: { nope: 1 } },
    ])
      expect((await gateway.ask(query, variables)).errors?.[0]?.extensions).toEqual({ code: "BAD_INPUT" });
  });

  test("is told apart from a query that does not fit the schema, and from one that is too large", async () => {
    const codeOf = async (query: string) => (await gateway.ask(query)).errors?.[0]?.extensions.code;
    expect(await codeOf("{ nonsense }")).toBe("QUERY_INVALID");
    expect(await codeOf("{ customerOrders(")).toBe("QUERY_INVALID");
    const nest = (depth: number): string =>
      depth === 0 ? "orderId" : `orderId customer { orders { details { ${nest(depth - 1)} } } }`;
    expect(await codeOf(`{ orderDetails(id: 1) { ${nest(5)} } }`)).toBe("LIMIT_EXCEEDED");
    const aliases = Array.from({ length: 31 }, (_, n) => `a${n}: orderDetails(id: ${n}) { total }`).join(" ");
    expect(await codeOf(`{ ${aliases} }`)).toBe("LIMIT_EXCEEDED");
    expect(await codeOf(`{ orderDetails(id: 1) { ${"total ".repeat(2000)} } }`)).toBe("LIMIT_EXCEEDED");
    const costly = `{ customerOrdersConnection(first: 500) { nodes { orders { items { name quantity unitPrice lineTotal } } } } }`;
    expect(await codeOf(costly)).toBe("LIMIT_EXCEEDED");
  });
});

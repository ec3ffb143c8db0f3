import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMoment } from "../../support/settle.ts";
import { type Answer, openTestGateway, type TestGateway } from "../graphql/gateway.ts";

let gateway: TestGateway;
let before: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  before = await readMoment(gateway.database.admin);
});
afterAll(() => gateway?.close());

const codeOf = (answer: Answer) => answer.errors?.[0]?.extensions.code;

describe("asOf", () => {
  test("is answered live, and freshness says which moment it shows", async () => {
    const answer = await gateway.ask(
      `query($at: DateTime) { customerOrders(id: 1 asOf: $at) { customerId orders { orderId } } }`,
      { at: before },
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.extensions?.freshness).toEqual([
      {
        root: "customerOrders",
        model: "customer_orders",
        source: "LIVE",
        position: null,
        lagMs: 0,
        pendingChanges: 0,
        asOf: before,
      },
    ]);
  });

  test("gives what live gave at that moment, for documents, links, counts and the cube, in one request with now", async () => {
    const body = (at: string) => `
      customersConnection: customerOrdersConnection(first: 5 orderBy: [LAST_NAME_ASC] ${at}) {
        totalCount pageInfo { hasNextPage hasPreviousPage }
        nodes { customerId name orders { orderId total details { orderId buyer { name } items { name } } } }
      }
      sales(groupBy: [STATE] orderBy: [STATE_ASC] ${at}) { state revenue orders averageOrder }`;
    const query = (at: string) => `{ ${body(at)} }`;
    const then = await gateway.ask(query("source: LIVE"));
    expect(then.errors).toBeUndefined();
    const { admin } = gateway.database;
    await admin.run("update customer set first_name = concat('New ', first_name)");
    await admin.run("update product set name = concat('Old ', name)");
    await admin.run("update orderline set unit_price = unit_price + 1 where order_id % 3 = 0");
    await admin.run("update city set state = 'ZZ'");
    expect((await gateway.ask(query(`asOf: "${before}"`))).data).toEqual(then.data);
    expect((await gateway.ask(query("source: LIVE"))).data).not.toEqual(then.data);
    const both = await gateway.ask(
      `{ then: customerOrders(id: 1 asOf: "${before}") { name } now: customerOrders(id: 1 source: LIVE) { name } }`,
    );
    const names = both.data as Record<"then" | "now", { readonly name: string }>;
    expect(names.now.name).toBe(`New ${names.then.name}`);
  });

  test("pages stay on one moment while writers write: each document once, none lost", async () => {
    const { admin } = gateway.database;
    const at = await readMoment(admin);
    let isWriting = true;
    const writer = (async () => {
      for (let round = 0; isWriting; round++)
        await admin.run("update customer set last_name = ? where customer_id % 7 = ?", [
          `W${round}`,
          round % 7,
        ]);
    })();
    const seen: unknown[] = [];
    let after: string | null = null;
    let total: unknown;
    do {
      const answer: Answer = await gateway.ask(
        `query($at: DateTime, $after: String) {
          page: customerOrdersConnection(first: 9 orderBy: [LAST_NAME_DESC] asOf: $at after: $after) {
            totalCount nodes { customerId } pageInfo { hasNextPage endCursor }
          }
        }`,
        { at, after },
      );
      expect(answer.errors).toBeUndefined();
      const { page } = answer.data as {
        page: { totalCount: number; nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
      total = page.totalCount;
      seen.push(...page.nodes.map((node) => JSON.stringify(node)));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      await wait(5);
    } while (after !== null);
    isWriting = false;
    await writer;
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(total);
  });

  test("refuses a cursor of another moment, or of none", async () => {
    const { data } = await gateway.ask(
      `{ page: customerOrdersConnection(first: 1 asOf: "${before}") { pageInfo { endCursor } } }`,
    );
    const { endCursor } = (data as { page: { pageInfo: { endCursor: string } } }).page.pageInfo;
    const ask = (more: string) =>
      gateway.ask(
        `{ customerOrdersConnection(first: 1 after: "${endCursor}" ${more}) { nodes { customerId } } }`,
      );
    expect(codeOf(await ask(`asOf: "${before}"`))).toBeUndefined();
    expect(codeOf(await ask("source: LIVE"))).toBe("BAD_INPUT");
    const later = new Date(Date.parse(before) + 1).toISOString();
    expect(codeOf(await ask(`asOf: "${later}"`))).toBe("BAD_INPUT");
  });

  test.each([
    ["malformed", 'asOf: "yesterday"', "BAD_INPUT"],
    ["with nanoseconds", 'asOf: "2024-01-01T00:00:00.123456Z"', "BAD_INPUT"],
    ["an injection", 'asOf: "2024-01-01\' for select 1"', "BAD_INPUT"],
    ["in the future", 'asOf: "9999-12-31T23:59:59.999Z"', "BAD_INPUT"],
    ["before the first version", 'asOf: "1999-12-31T23:59:59.999Z"', "BEFORE_HISTORY"],
    ["with the mirror demanded", 'source: MIRROR asOf: "2024-01-01T00:00:00Z"', "BAD_INPUT"],
  ])("%s is refused with a code", async (_what, args, code) => {
    for (const field of [
      `customerOrders(id: 1 ${args}) { name }`,
      `customerOrdersConnection(${args}) { totalCount }`,
      `sales(groupBy: [STATE] ${args}) { revenue }`,
    ])
      expect(codeOf(await gateway.ask(`{ ${field} }`)), field).toBe(code);
  });
});

describe("History", () => {
  const query = `query($id: ID!, $first: Int, $after: String) {
    history: orderDetailsHistory(id: $id first: $first after: $after) {
      nodes { validFrom validTo changedFields document { status buyer { name } customer { name } } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }`;
  type Page = {
    readonly nodes: readonly {
      readonly validFrom: string | null;
      readonly validTo: string | null;
      readonly changedFields: readonly string[];
      readonly document: { readonly buyer: { name: string }; readonly customer: { name: string } } | null;
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
  const read = async (variables: object) =>
    (await gateway.ask(query, { ...variables })).data?.history as Page | undefined;

  test("shows each version with the links of its own moment, page by page", async () => {
    const { admin } = gateway.database;
    const [order] = await admin.query<{ order_id: number; customer_id: number }>(
      "select order_id, customer_id from `order` order by order_id limit 1",
    );
    const rename = "update customer set first_name = ?, last_name = 'Doe' where customer_id = ?";
    for (const name of ["Jane", "June", "Joan"]) {
      await admin.run(rename, [name, order?.customer_id]);
      await wait(3);
    }
    const all = await read({ id: String(order?.order_id), first: 3 });
    expect(all?.nodes.map(({ document }) => document?.buyer.name)).toEqual([
      "Joan Doe",
      "June Doe",
      "Jane Doe",
    ]);
    for (const { document } of all?.nodes ?? []) expect(document?.customer.name).toBe(document?.buyer.name);
    expect(all?.nodes[0]).toMatchObject({ validTo: null, changedFields: ["buyer"] });
    expect(all?.pageInfo.hasNextPage).toBe(true);
    const first = await read({ id: String(order?.order_id), first: 1 });
    const rest = await read({ id: String(order?.order_id), first: 2, after: first?.pageInfo.endCursor });
    expect([...(first?.nodes ?? []), ...(rest?.nodes ?? [])]).toEqual(all?.nodes);
    const other = await gateway.ask(query, { id: "2", after: first?.pageInfo.endCursor });
    expect(codeOf(other)).toBe("BAD_INPUT");
  });

  test.each([
    { id: "1abc" },
    { id: "1", first: -1 },
    { id: "1", first: 101 },
    { id: "1", after: "nonsense" },
  ])("refuses %j", async (variables) =>
    expect(codeOf(await gateway.ask(query, variables))).toBe("BAD_INPUT"),
  );
});

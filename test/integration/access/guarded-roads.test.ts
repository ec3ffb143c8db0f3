import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { type GuardedGateway, openGuardedGateway } from "./guarded-gateway.ts";
import { openStateClerk } from "./state-clerk.ts";

type Row = Readonly<Record<string, unknown>>;

let gateway: TestGateway;
let buyer: GuardedGateway;
let analyst: GuardedGateway;
let support: GuardedGateway;
/** Somebody with several orders, and somebody else. */
let me: number;
let other: number;
beforeAll(async () => {
  gateway = await openTestGateway();
  const [first, second] = (
    await gateway.database.reader.query<{ id: number }>(
      "select customer_id as id from orders group by customer_id order by count(*) desc, 1 limit 2",
    )
  ).map(({ id }) => id);
  [me, other] = [first as number, second as number];
  buyer = await openGuardedGateway(gateway, "customer", { customer_id: me });
  analyst = await openGuardedGateway(gateway, "analyst");
  support = await openGuardedGateway(gateway, "support");
});
afterAll(async () => {
  for (const one of [buyer, analyst, support]) await one?.close();
  await gateway?.close();
});

async function data(asked: Pick<GuardedGateway, "ask">, query: string, variables: Row = {}) {
  const { data, errors } = await asked.ask(query, variables);
  expect(errors).toBeUndefined();
  return data as Record<string, unknown>;
}
const codes = async (answer: ReturnType<GuardedGateway["ask"]>) =>
  (await answer).errors?.map(({ extensions }) => extensions.code);
const lines = (text: string): readonly Row[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);

describe.each(["LIVE", "MIRROR"])("Somebody with a row rule, %s", (source) => {
  const at = `source: ${source}`;

  test("is given by id what is theirs, and of the rest what there is of nothing", async () => {
    const query = `query($id: ID!, $node: ID!) {
      customer(id: $id ${at}) { customerId name }
      customerOrders(id: $id ${at}) { customerId }
      node(id: $node ${at}) { id }
      nodes(ids: [$node] ${at}) { id }
    }`;
    const mine = await data(buyer, query, { id: String(me), node: `Customer:${me}` });
    expect(mine).toMatchObject({ customer: { customerId: me }, node: { id: `Customer:${me}` } });
    const ofOther = await data(buyer, query, { id: String(other), node: `Customer:${other}` });
    const ofNobody = await data(buyer, query, { id: "99999999", node: "Customer:99999999" });
    expect(ofOther).toEqual({ customer: null, customerOrders: null, node: null, nodes: [null] });
    expect(ofOther).toEqual(ofNobody);
  });

  test("walks pages of theirs, with totals, from cursors of anybody", async () => {
    const query = (first: number) => `query($after: String) {
      orderConnection(orderBy: [TOTAL_DESC] first: ${first} after: $after ${at}) {
        totalCount nodes { orderId total } pageInfo { hasNextPage endCursor }
      }
    }`;
    const whole = (await data(gateway, query(500).replace("{ orderId", "{ customerId orderId"))) as {
      readonly orderConnection: { readonly nodes: readonly Row[] };
    };
    const expected = whole.orderConnection.nodes
      .filter(({ customerId }) => customerId === me)
      .map(({ orderId, total }) => ({ orderId, total }));
    expect(expected.length).toBeGreaterThan(3);
    const seen: Row[] = [];
    for (let after: string | null = null; ; ) {
      const { orderConnection } = await data(buyer, query(2), { after });
      const { nodes, totalCount, pageInfo } = orderConnection as {
        readonly nodes: readonly Row[];
        readonly totalCount: number;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
      expect(totalCount).toBe(expected.length);
      seen.push(...nodes);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(expected);
  });

  test("finds no more by the name of what is not theirs, in whatever condition", async () => {
    const query = `query($ids: [Int!]) {
      orderConnection(where: { or: [{ customerId: { in: $ids } }, { not: { customerId: { in: $ids } } }] } ${at}) {
        totalCount
      }
    }`;
    const { orderConnection: all } = await data(buyer, query, { ids: [other] });
    const { orderConnection: named } = await data(
      buyer,
      `{ orderConnection(where: { customerId: { eq: ${other} } } ${at}) { totalCount nodes { orderId } } }`,
    );
    expect(named).toEqual({ totalCount: 0, nodes: [] });
    const counted = await gateway.database.reader.query<{ n: number }>(
      "select count(*) as n from orders where customer_id = ?",
      [me],
    );
    expect(all).toEqual({ totalCount: Number(counted[0]?.n) });
  });

  test("adds up what is theirs, also where a roll-up has the answer for all", async () => {
    const query = `{
      sales(groupBy: [PRODUCT_ID] orderBy: [PRODUCT_ID_ASC] first: 1000 ${at}) { productId revenue units }
      total: sales(${at}) { revenue orders }
    }`;
    const whole = await data(
      gateway,
      query.replaceAll(at, `${at} where: { customerId: { eq: ${me} } }`).replace("MIRROR", "LIVE"),
    );
    const own = await data(buyer, query);
    expect(own).toEqual(whole);
    expect((own.sales as readonly Row[]).length).toBeGreaterThan(2);
  });

  test("follows links, at any depth, to what is theirs, and to nothing where they lead elsewhere", async () => {
    const [{ state }] = (await gateway.database.reader.query<{ state: string }>(
      "select state from customer_orders where customer_id = ?",
      [me],
    )) as [{ state: string }];
    const clerk = await openStateClerk(gateway, state);
    onTestFinished(() => clerk.close());
    const customer =
      "customer { customerId state orders { customerId orders { details { orderId customer { state } } } } }";
    const query = `{ orderConnection(first: 100 ${at}) { nodes { orderId ${customer} } } }`;
    const nodesOf = ({ orderConnection }: Row) =>
      (orderConnection as { readonly nodes: readonly Row[] }).nodes;
    const whole = nodesOf(await data(gateway, query));
    const isTheirs = (one: unknown) => (one as { readonly state: string } | null)?.state === state;
    const expected = whole.map((one) => (isTheirs(one.customer) ? one : { ...one, customer: null }));
    expect(new Set(whole.map(({ customer }) => isTheirs(customer)))).toEqual(new Set([true, false]));
    expect(nodesOf(await data(clerk, query))).toEqual(expected);
  });

  test("gets files with what is theirs", async () => {
    const { status, text } = await buyer.fetch(`/export/orders.ndjson?source=${source.toLowerCase()}`);
    expect(status).toBe(200);
    const own = lines(text);
    expect(own.length).toBeGreaterThan(3);
    expect(new Set(own.map(({ customerId }) => customerId))).toEqual(new Set([me]));
    const ofOther = await buyer.fetch(
      `/export/orders.csv?source=${source.toLowerCase()}&where=${encodeURIComponent(`{"customerId":{"eq":${other}}}`)}`,
    );
    expect(ofOther.text.trim().split("\n")).toHaveLength(1);
    const listed = await fetch(buyer.server.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/csv" },
      body: JSON.stringify({ query: `{ orderConnection(${at}) { nodes { customerId } } }` }),
    });
    expect(new Set((await listed.text()).trim().split(/\r?\n/).slice(1))).toEqual(new Set([String(me)]));
  });
});

test.each(["LIVE", "MIRROR"])(
  "Somebody whose rule matches nothing finds an empty shop, and no fault, of %s",
  async (source) => {
    const nobody = await openGuardedGateway(gateway, "customer", { customer_id: 99_999_999 });
    onTestFinished(() => nobody.close());
    const at = `source: ${source}`;
    const query = `{ orderConnection(first: 5 ${at}) { totalCount nodes { orderId } pageInfo { hasNextPage } }
      customerConnection(${at}) { totalCount } order(id: 1 ${at}) { orderId } customer(id: ${me} ${at}) { name }
      all: sales(${at}) { revenue orders } sales(groupBy: [STATE] ${at}) { state } }`;
    expect(await data(nobody, query)).toEqual({
      orderConnection: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } },
      ...{ customerConnection: { totalCount: 0 }, order: null, customer: null },
      ...{ all: [{ revenue: "0.00", orders: 0 }], sales: [] },
    });
    const file = await nobody.fetch(`/export/orders.csv?source=${source.toLowerCase()}&fields=orderId`);
    expect([file.status, file.text.trim()]).toEqual([200, "orderId"]);
  },
);

test("Facts behind groups, and groups that are documents, come in no file for those who see groups only", async () => {
  const refusal = async (model: string) =>
    JSON.parse((await analyst.fetch(`/export/${model}.csv`)).text).errors?.[0].extensions.code;
  expect(await refusal("sales")).toBe("FORBIDDEN");
  expect(await refusal("sales_by_product_id")).toBe("UNKNOWN_MODEL");
});

test("A masked text is shown by its end through every road, and asked for by none", async () => {
  const [row] = await gateway.database.reader.query<{ id: number; email: string }>(
    "select customer_id as id, email from customers where char_length(email) > 8 limit 1",
  );
  const shown = `…${[...(row?.email ?? "")].slice(-4).join("")}`;
  for (const source of ["LIVE", "MIRROR"]) {
    const found = await data(
      support,
      `{ customer(id: ${row?.id} source: ${source}) { email } node(id: "Customer:${row?.id}" source: ${source}) { ... on Customer { email } } }`,
    );
    expect(found).toEqual({ customer: { email: shown }, node: { email: shown } });
    const { text } = await support.fetch(
      `/export/customers.ndjson?source=${source.toLowerCase()}&where={"customerId":{"eq":${row?.id}}}`,
    );
    expect(lines(text)).toMatchObject([{ customerId: row?.id, email: shown }]);
  }
});

test("The past is there for those alone who have it, by any road", async () => {
  const asked = "asOf=2030-01-01T00:00:00Z";
  const { text } = await buyer.fetch(`/export/orders.csv?${asked}`);
  expect(text).toContain("no earlier state");
  expect(await codes(buyer.ask(`{ node(id: "Order@2020-01-01T00:00:00.000Z:1") { id } }`))).toEqual([
    "BAD_INPUT",
  ]);
  expect(await codes(buyer.ask(`{ node(id: "Order@1:1") { id } }`))).toEqual(["BAD_INPUT"]);
});

test("A mutation writes for who calls it, whatever they say, and shows what is theirs", async () => {
  const [product] = await gateway.database.reader.query<{ id: number }>(
    "select product_id as id from products where stock > 5 limit 1",
  );
  const line = `lines: [{ productId: ${product?.id}, quantity: 1 }]`;
  const sale = `mutation { recordSale(${line}) { orderId total } }`;
  const { recordSale } = await data(buyer, sale);
  const [order] = await gateway.database.reader.query<{ customerId: number }>(
    "select customer_id as customerId from orders where order_id = ?",
    [(recordSale as Row).orderId as number],
  );
  expect(order?.customerId).toBe(me);
  const chosen = `mutation { recordSale(customerId: ${other} ${line}) { orderId } }`;
  expect(await codes(buyer.ask(chosen))).toEqual(["QUERY_INVALID"]);
});

test("How an answer is made is told to nobody with a role", async () => {
  const { extensions } = await buyer.ask(
    `{ customer(id: ${me}) { name } }`,
    {},
    { "x-vitrine-explain": "1" },
  );
  expect(JSON.stringify(extensions)).not.toMatch(/select|find\(/i);
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import everything from "../../../vitrine.config.ts";
import { type Credentials, openRoleGateway, type RoleGateway } from "../graphql/role-gateway.ts";

/** The shop as each of its roles finds it, over HTTP: what is there, and nothing else. */
let gateway: RoleGateway;
let base: string;
let own: number;
const as: Record<string, Credentials> = {};
beforeAll(async () => {
  gateway = await openRoleGateway(undefined, {}, everything);
  base = gateway.server.url.replace("/graphql", "");
  const [row] = await gateway.open.database.admin.query<{ id: number }>(
    "select customer_id as id from `order` group by customer_id order by count(*) desc limit 1",
  );
  own = row?.id ?? 0;
  for (const role of ["support", "analyst", "admin"]) as[role] = await gateway.as(role);
  as.customer = await gateway.as("customer", { customer_id: own });
});
afterAll(() => gateway?.close());

const of = (role: string): Credentials => as[role] ?? { authorization: "" };
const ask = (role: string, query: string, variables = {}) => gateway.ask(query, of(role), variables);
const query = (sql: string, values: readonly unknown[] = []) =>
  gateway.open.database.admin.query<Record<string, string>>(sql, [...values]);

/** What a role that is told of it is refused: as if it did not exist. */
async function isUnknown(role: string, text: string) {
  const { data, errors = [] } = await ask(role, text);
  expect([text, data]).toEqual([text, undefined]);
  expect(["QUERY_INVALID", "BAD_INPUT"]).toContain(errors[0]?.extensions.code);
}

/** All names of the schema, as somebody reads it. */
async function namesOf(role: string): Promise<readonly string[]> {
  const response = await fetch(`${base}/data/graphiql/introspection.json`, { headers: of(role) });
  const names = [...(await response.text()).matchAll(/"name":"([^"]+)"/g)].map(([, name = ""]) => name);
  return [...new Set(names)];
}
const fitting = (names: readonly string[], what: RegExp) => names.filter((name) => what.test(name));

describe("A customer", () => {
  test.each(["LIVE", "MIRROR"])(
    "sees the orders that are their own, and the goods, of %s",
    async (source) => {
      const numbers = await query("select order_id as id from `order` where customer_id = ? order by 1", [
        own,
      ]);
      const { data, errors } = await ask(
        "customer",
        `{ orderConnection(source: ${source}, first: 100) { totalCount nodes { orderId customerId customer { customerId } } }
         customerConnection(source: ${source}) { nodes { customerId email } }
         productConnection(source: ${source}, first: 1) { totalCount }
         sales(source: ${source}) { revenue } }`,
      );
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({
        orderConnection: {
          totalCount: numbers.length,
          nodes: numbers.map(({ id }) => ({ orderId: id, customerId: own, customer: { customerId: own } })),
        },
        customerConnection: { nodes: [{ customerId: own }] },
      });
      const [sum] = await query(
        "select cast(sum(revenue) as char) as revenue from sales where customer_id = ? and status <> 'cancelled'",
        [own],
      );
      expect(data?.sales).toEqual([{ revenue: sum?.revenue ?? null }]);
    },
  );

  test("finds nobody else, whichever way they ask", async () => {
    const [other] = await query(
      "select order_id as id, customer_id as whose from `order` where customer_id <> ? limit 1",
      [own],
    );
    const { data } = await ask(
      "customer",
      `{ order(id: ${other?.id}) { orderId } customer(id: ${other?.whose}) { name } customerOrders(id: ${other?.whose}) { name }
         orderConnection(where: { not: { customerId: { eq: ${own} } } }) { totalCount nodes { orderId } }
         sales(groupBy: [STATE]) { state } }`,
    );
    expect(data).toMatchObject({
      ...{ order: null, customer: null, customerOrders: null },
      orderConnection: { totalCount: 0, nodes: [] },
    });
    expect(data?.sales).toHaveLength(1);
    const file = await (
      await fetch(`${base}/export/orders.csv?fields=customerId`, { headers: of("customer") })
    ).text();
    expect(new Set(file.trim().split(/\r?\n/).slice(1))).toEqual(new Set([String(own)]));
  });

  test("buys for themselves, and for nobody else", async () => {
    const lines = "lines: [{ productId: 1, quantity: 1 }]";
    await isUnknown("customer", `mutation { recordSale(customerId: 1, ${lines}) { orderId } }`);
    const { data, errors } = await ask("customer", `mutation { recordSale(${lines}) { orderId total } }`);
    expect(errors).toBeUndefined();
    const { orderId } = (data?.recordSale as Record<"orderId", number> | undefined) ?? {};
    expect(await query("select customer_id as whose from `order` where order_id = ?", [orderId])).toEqual([
      { whose: own },
    ]);
  });

  test("knows of no stock, no past, nobody's report and no other procedure", async () => {
    expect(
      fitting(
        await namesOf("customer"),
        /stock$|History|orderChecks|OrderDetails|productBuyers|demand|^runs$|addItem|updatePrice|staff/i,
      ),
    ).toEqual([]);
    for (const text of [
      "{ product(id: 1) { stock } }",
      "{ runs { name } }",
      "{ orderDetails(id: 1) { orderId } }",
      '{ order(id: 1, asOf: "2025-01-01T00:00:00Z") { orderId } }',
    ])
      await isUnknown("customer", text);
  });
});

describe("Support", () => {
  test("recognises customers by the last letters of what they say, and changes their orders", async () => {
    const asked = (source: string) => `customer(id: 1, source: ${source}) { customerId name lastName }`;
    const { data, errors } = await ask("support", `{ ${asked("LIVE")} mirrored: ${asked("MIRROR")} }`);
    expect(errors).toBeUndefined();
    const [row] = await query(
      "select concat(first_name, ' ', last_name) as name, last_name as last from customer where customer_id = 1",
    );
    expect(data?.customer).toMatchObject({ customerId: 1, name: `…${row?.name?.slice(-4)}` });
    expect(JSON.stringify(data)).not.toContain(row?.last);
    expect(data?.mirrored).toEqual(data?.customer);
    await isUnknown("support", '{ customerConnection(where: { lastName: { eq: "x" } }) { totalCount } }');
    await isUnknown("support", "{ sales { revenue } }");
    await isUnknown("support", "mutation { recordSale(customerId: 1, lines: []) { orderId } }");
    const names = await namesOf("support");
    expect(names).toEqual(expect.arrayContaining(["addItem", "orderHistory"]));
    expect(fitting(names, /^(?:runs|salesRow|recordSale|updatePrice)$/i)).toEqual([]);
  });
});

describe("An analyst", () => {
  test.each(["LIVE", "MIRROR"])("sees groups of five people and more, of %s", async (source) => {
    const groups = await query(
      `select state, cast(sum(revenue) as char) as revenue from sales where status <> 'cancelled'
      group by state having count(distinct customer_id) >= 5 order by state`,
    );
    const { data, errors } = await ask(
      "analyst",
      `{ sales(source: ${source}, groupBy: [STATE], orderBy: [STATE_ASC], first: 100) { state revenue } }`,
    );
    expect(errors).toBeUndefined();
    expect(groups.length).toBeGreaterThan(0);
    expect(data?.sales).toEqual(groups);
    const all = await query("select distinct state from sales");
    expect(all.length).toBeGreaterThan(groups.length);
  });

  test("knows nobody", async () => {
    const people = /^(?:customer|email|phone|lastName|buyers|customerId|runs|recordSale)(?:Connection)?$/;
    expect(fitting(await namesOf("analyst"), people)).toEqual([]);
    for (const text of [
      "{ customer(id: 1) { name } }",
      "{ sales(groupBy: [CUSTOMER_ID]) { revenue } }",
      "{ sales(where: { customerId: { eq: 1 } }) { revenue } }",
      '{ sales(where: { saleId: { ne: "4294967297" } }) { revenue } }',
    ])
      await isUnknown("analyst", text);
    // Of sales there are groups, and no facts behind them.
    for (const [model, status] of Object.entries({ customers: 404, sales: 403, orders: 404 }))
      expect((await fetch(`${base}/export/${model}.csv`, { headers: of("analyst") })).status).toBe(status);
  });
});

describe("An admin", () => {
  test("sees what there is", async () => {
    const { data, errors } = await ask(
      "admin",
      "{ customer(id: 1) { email lastName } runs(first: 1) { name } sales { revenue } orderHistory(id: 1) { nodes { changedFields } } }",
    );
    expect(errors).toBeUndefined();
    const [row] = await query("select last_name as name from customer where customer_id = 1");
    expect(data?.customer).toMatchObject({ lastName: row?.name });
    expect((await fetch(`${base}/metrics`, { headers: of("admin") })).status).toBe(200);
  });
});

test("nobody but an admin reads the figures of the server, and nobody but those without a role how answers are made", async () => {
  for (const role of ["customer", "support", "analyst"])
    expect((await fetch(`${base}/metrics`, { headers: of(role) })).status).toBe(404);
  for (const role of ["customer", "support", "analyst", "admin"]) {
    const answer = await gateway.ask("{ productConnection(first: 1) { totalCount } }", {
      ...of(role),
      "x-vitrine-explain": "1",
    });
    expect(JSON.stringify(answer.extensions)).not.toMatch(/select|pipeline/i);
  }
});

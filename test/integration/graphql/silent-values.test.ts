import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { orderStatus } from "../../../src/domains/pos/models/order-status.ts";
import { textsOf } from "../../../src/models/field.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

type Row = Readonly<Record<string, unknown>>;
type Variables = Readonly<Record<string, unknown>>;

/** Why a query is refused; it must be, and name no data. */
async function refusal(query: string, variables: Variables = {}): Promise<string> {
  const { data, errors } = await gateway.ask(query, variables);
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_INPUT"]);
  return errors?.[0]?.message ?? "";
}

/** The answer of both stores, which must be one. */
async function answer(root: string, args: string, fields: string): Promise<unknown> {
  const [live, mirror] = await Promise.all(
    ["LIVE", "MIRROR"].map(async (source) => {
      const { data, errors } = await gateway.ask(`{ ${root}(${args} source: ${source}) { ${fields} } }`);
      expect(errors, source).toBeUndefined();
      return data?.[root];
    }),
  );
  expect(mirror).toEqual(live);
  return live;
}
const rows = (args: string, fields: string) => answer("sales", args, fields) as Promise<readonly Row[]>;

describe("A status that is misspelt", () => {
  test.each(["sales", "orderDetailsConnection", "orderChecksConnection"])(
    "is refused by %s, and not taken for one that no order has",
    async (root) => {
      const fields = root === "sales" ? "revenue" : "totalCount";
      for (const condition of ["ne: canceled", "in: [placed, canceled]", 'eq: "cancelled"'])
        expect(await refusal(`{ ${root}(where: { status: { ${condition} } }) { ${fields} } }`)).toMatch(
          /OrderStatus.*Did you mean the enum value "cancelled"/,
        );
      const query = `query($s: OrderStatus) { ${root}(where: { status: { ne: $s } }) { ${fields} } }`;
      expect(await refusal(query, { s: "canceled" })).toMatch(/"canceled" does not exist in "OrderStatus"/);
      const { errors } = await gateway.ask(query, { s: "cancelled" });
      expect(errors).toBeUndefined();
    },
  );

  test("sorts and groups as the text that is stored", async () => {
    const found = await rows("groupBy: [STATUS] orderBy: [STATUS_DESC]", "status units bookedUnits");
    expect(found.map(({ status }) => status)).toEqual(["shipped", "placed", "cancelled"]);
    expect(found.at(-1)).toMatchObject({ units: "0" });
    expect(found.at(-1)?.bookedUnits).not.toBe("0");
  });
});

describe("Revenue", () => {
  test("leaves cancelled orders out by itself, and what is booked does not", async () => {
    const [sold] = await gateway.database.admin.query(
      `select cast(sum(l.quantity * l.unit_price) as char) as revenue, cast(sum(l.quantity) as char) as units,
          count(distinct o.order_id) as orders, count(distinct o.customer_id) as customers,
          cast(round(sum(l.quantity * l.unit_price) / count(distinct o.order_id), 2) as char) as averageOrder
        from orderline l join \`order\` o on o.order_id = l.order_id where o.status <> 'cancelled'`,
    );
    const [booked] = await gateway.database.admin.query(
      `select cast(sum(quantity * unit_price) as char) as bookedRevenue, cast(sum(quantity) as char) as bookedUnits
        from orderline`,
    );
    const [row] = await rows("", "revenue units orders customers averageOrder bookedRevenue bookedUnits");
    expect(row).toEqual({
      ...sold,
      ...booked,
      orders: Number(sold?.orders),
      customers: Number(sold?.customers),
    });
    expect(row?.bookedRevenue).not.toBe(row?.revenue);
  });

  test("of cancelled orders is 0, in a row of its own, with no average", async () => {
    expect(
      await rows(
        "groupBy: [STATUS] where: { status: { eq: cancelled } }",
        "status revenue orders averageOrder",
      ),
    ).toEqual([{ status: "cancelled", revenue: "0.00", orders: 0, averageOrder: null }]);
  });

  test("decides conditions, order and ties as it is shown", async () => {
    const all = await rows("groupBy: [CUSTOMER] first: 10000", "customer revenue bookedRevenue");
    const best = all.map(({ revenue }) => Number(revenue)).sort((a, b) => b - a);
    expect(
      await rows("groupBy: [CUSTOMER] orderBy: [REVENUE_DESC] first: 3 withTies: true", "revenue"),
    ).toEqual(best.filter((one) => one >= (best[2] ?? 0)).map((one) => ({ revenue: one.toFixed(2) })));
    const none = await rows('groupBy: [CUSTOMER] having: { revenue: { eq: "0" } } first: 10000', "customer");
    expect(none.length).toBeGreaterThan(0);
    expect(none.map(({ customer }) => customer)).toEqual(
      all.filter(({ revenue }) => revenue === "0.00").map(({ customer }) => customer),
    );
  });
});

describe("A dimension that nothing is grouped by", () => {
  test.each([
    ["by itself", "state revenue", /^state: /],
    ["by an alias", "place: state revenue", /^state: /],
    ["in a fragment", "...F } } fragment F on SalesRow { ... on SalesRow { city", /^city: /],
    [
      "as the way to a document",
      "revenue customerDocument { name }",
      /^customerDocument: .* grouped by customerId/,
    ],
  ])("is refused %s, instead of being null", async (_how, fields, message) => {
    expect(await refusal(`{ sales(groupBy: [ZIP]) { ${fields} } }`)).toMatch(message);
  });

  test("may be named where it is left out of the answer", async () => {
    const query = `query($zip: Boolean!) { sales(groupBy: [STATE] first: 1) {
      state city @skip(if: true) zip @include(if: $zip) ... @include(if: $zip) { product } } }`;
    expect((await gateway.ask(query, { zip: false })).errors).toBeUndefined();
    expect(await refusal(query, { zip: true })).toMatch(/^zip: /);
  });
});

describe("A variable without a value", () => {
  test.each([
    [
      "query($v: String) { sales(where: { state: { eq: $v } }) { revenue } }",
      /^where\.state\.eq: \$v has no/,
    ],
    [
      "query($v: StringFilter) { sales(where: { state: $v }) { revenue } }",
      /^where\.state: \$v has no value/,
    ],
    [
      "query($v: BigInt) { sales(having: { units: { gt: $v } }) { revenue } }",
      /^having\.units\.gt: \$v has no/,
    ],
    // What is left of these is a condition, but not the one that was meant.
    [
      'query($v: Date) { sales(where: { placedOn: { gte: "2005-01-01", lt: $v } }) { revenue } }',
      /^where\.placedOn\.lt: \$v has no value/,
    ],
    [
      "query($v: SalesWhere) { sales(where: { status: { ne: cancelled }, not: $v }) { revenue } }",
      /^where\.not: \$v has no value/,
    ],
    [
      "query($v: String) { customerOrdersConnection(where: { not: { or: [{ city: { contains: $v } }] } }) { totalCount } }",
      /^where\.not\.or\[0\]\.city\.contains: \$v has no value/,
    ],
  ])("empties no condition in silence: %s", async (query, message) => {
    expect(await refusal(query)).toMatch(message);
    expect(await refusal(query, { v: null })).toMatch(/is null/);
  });

  test("asks for everything only where the whole argument is left out", async () => {
    const query = "query($w: SalesWhere) { sales(where: $w) { revenue } }";
    const all = (await gateway.ask("{ sales { revenue } }")).data;
    expect((await gateway.ask(query)).data).toEqual(all);
    expect((await gateway.ask(query, { w: null })).data).toEqual(all);
    expect(await refusal(query, { w: {} })).toMatch(/^where: is empty/);
    // As a client sends an object whose member is undefined.
    expect(await refusal(query, { w: { state: {} } })).toMatch(/^where\.state: is empty/);
  });
});

describe("Text without regard to case", () => {
  test("is found alike in both stores", async () => {
    const [first] = (await answer("customerOrdersConnection", "first: 1", "nodes { lastName }").then(
      (found) => (found as { nodes: Row[] }).nodes,
    )) as [Row];
    const name = String(first.lastName);
    const count = async (operator: string, text: string) =>
      (
        (await answer(
          "customerOrdersConnection",
          `where: { lastName: { ${operator}: ${JSON.stringify(text)} } }`,
          "totalCount",
        )) as { totalCount: number }
      ).totalCount;
    const exact = await count("eq", name);
    expect(exact).toBeGreaterThan(0);
    expect(await count("eq", name.toUpperCase())).toBe(0);
    expect(await count("equalsInsensitive", name.toUpperCase())).toBe(exact);
    expect(await count("startsWithInsensitive", name.slice(0, 3).toUpperCase())).toBe(
      await count("startsWith", name.slice(0, 3)),
    );
    expect(await count("containsInsensitive", name.slice(1).toUpperCase())).toBeGreaterThanOrEqual(exact);
    expect(await count("containsInsensitive", "%")).toBe(0);
    expect(await count("contains", "a".repeat(60_000))).toBe(0);
    expect(
      await refusal(
        `{ customerOrdersConnection(where: { lastName: { containsInsensitive: "${"a".repeat(81)}" } }) { totalCount } }`,
      ),
    ).toMatch(/^where\.lastName\.containsInsensitive: has more than 80 characters/);
  });
});

describe("A document with a text outside its closed set", () => {
  test("cannot come from the shop, whose table has the same set", async () => {
    const [constraint] = await gateway.database.admin.query<{ clause: string }>(
      `select check_clause as clause from information_schema.check_constraints
        where constraint_schema = database() and constraint_name = 'order_status_ck'`,
    );
    const values = [...String(constraint?.clause).matchAll(/'(\w+)'/g)].map(([, value]) => value);
    expect(values.sort()).toEqual([...textsOf(orderStatus())].sort());
  });

  test("is invalid by field and value, and never shown", async () => {
    const { admin } = gateway.database;
    await admin.withConnection(async (connection) => {
      await connection.query("set check_constraint_checks = 0");
      await connection.query("update `order` set status = 'lost' where order_id = 1");
      await connection.query("set check_constraint_checks = 1");
    });
    const { data, errors } = await gateway.ask("{ orderDetails(id: 1, source: LIVE) { status } }");
    expect(data?.orderDetails ?? null).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe("DOCUMENT_INVALID");
    expect(JSON.stringify(gateway.log)).toContain(
      JSON.stringify('order_details 1: status is "lost", which is none of its values').slice(1, -1),
    );
  });
});

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

/** Values that are in the data, near it, and hostile. */
const text = fc.oneof(
  fc.constantFrom(
    "TX",
    "CA",
    "PR",
    "00678",
    "Houston",
    "o",
    "A",
    "",
    " ",
    "%",
    "_",
    "\\",
    "'",
    "İ",
    "😀",
    "\u0000",
  ),
  fc.string({ unit: "grapheme", maxLength: 5 }),
);
const insensitive = ["equalsInsensitive", "containsInsensitive", "startsWithInsensitive"];
const textField = fc.constantFrom("state", "city", "zip", "lastName");
const condition = fc
  .oneof(
    fc.record({
      field: textField,
      operator: fc.constantFrom(
        "eq",
        "ne",
        "lt",
        "lte",
        "gt",
        "gte",
        "contains",
        "startsWith",
        ...insensitive,
      ),
      value: text,
    }),
    fc.record({
      field: textField,
      operator: fc.constantFrom("in", "notIn"),
      value: fc.array(text, { maxLength: 4 }),
    }),
    fc.record({ field: textField, operator: fc.constant("isNull"), value: fc.boolean() }),
    fc.record({
      field: fc.constant("customerId"),
      operator: fc.constantFrom("eq", "lt", "gte", "ne"),
      value: fc.integer({ min: -2, max: 90 }),
    }),
  )
  .map(({ field, operator, value }) => ({ [field]: { [operator]: value } }));
const { where } = fc.letrec<{ where: object }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 3 },
    condition,
    fc.record({ and: fc.array(tie("where"), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie("where"), { maxLength: 3 }) }),
    fc.record({ not: tie("where") }),
  ),
}));
const order = fc
  .uniqueArray(fc.constantFrom("STATE", "CITY", "ZIP", "LAST_NAME", "FIRST_NAME", "CUSTOMER_ID"), {
    maxLength: 3,
  })
  .chain((fields) => fc.tuple(...fields.map((field) => fc.constantFrom(`${field}_ASC`, `${field}_DESC`))));
const size = fc.integer({ min: 0, max: 9 });

const query = `query($where: CustomerOrdersWhere, $orderBy: [CustomerOrdersOrderBy!], $first: Int, $last: Int, $after: String, $before: String, $source: Source) {
  customerOrdersConnection(where: $where orderBy: $orderBy first: $first last: $last after: $after before: $before source: $source) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { customerId name city state zip orders { orderId placed shipped salesTax total items { productId unitPrice } details { status } } } }
  }
}`;

test("Any page of any filter in any order is the same text from LIVE and MIRROR, apart from extensions", async () => {
  const answers = async (variables: object) => {
    const both = await Promise.all(
      ["LIVE", "MIRROR"].map((source) => gateway.ask(query, { ...variables, source })),
    );
    for (const answer of both) expect(answer.errors).toBeUndefined();
    const [live, mirror] = both.map((answer) => JSON.stringify(answer.data));
    expect(mirror).toBe(live);
    return both[0]?.data?.customerOrdersConnection as {
      totalCount: number;
      pageInfo: { endCursor: string | null };
    };
  };
  let found = 0;
  await fc.assert(
    fc.asyncProperty(where, order, size, fc.boolean(), async (where, orderBy, size, fromEnd) => {
      const variables = { where, orderBy, [fromEnd ? "last" : "first"]: size };
      const { totalCount, pageInfo } = await answers(variables);
      found += totalCount;
      if (pageInfo.endCursor)
        await answers({ ...variables, [fromEnd ? "before" : "after"]: pageInfo.endCursor });
    }),
    { numRuns: 60 },
  );
  expect(found).toBeGreaterThan(100);
});

test("Orders by their status, in any order, are the same text from LIVE and MIRROR", async () => {
  const status = fc.constantFrom("placed", "shipped", "cancelled");
  const conditions = fc.oneof(
    fc.record({ eq: status }),
    fc.record({ ne: status }),
    fc.record({ in: fc.array(status), notIn: fc.array(status, { maxLength: 1 }) }),
    fc.record({ isNull: fc.boolean() }),
  );
  const orders = `query($where: OrderDetailsWhere, $orderBy: [OrderDetailsOrderBy!], $first: Int, $after: String, $source: Source) {
    orderDetailsConnection(where: $where orderBy: $orderBy first: $first after: $after source: $source) {
      totalCount pageInfo { endCursor } nodes { orderId status customer { orders { status } } }
    }
  }`;
  const page = async (variables: object) => {
    const both = await Promise.all(
      ["LIVE", "MIRROR"].map((source) => gateway.ask(orders, { ...variables, source })),
    );
    for (const answer of both) expect(answer.errors).toBeUndefined();
    expect(both[1]?.data).toEqual(both[0]?.data);
    return both[0]?.data?.orderDetailsConnection as {
      nodes: readonly { status: string }[];
      pageInfo: { endCursor: string | null };
    };
  };
  await fc.assert(
    fc.asyncProperty(conditions, fc.constantFrom("ASC", "DESC"), fc.boolean(), async (status, way, isNot) => {
      const where = isNot ? { not: { status } } : { status };
      const variables = { where, orderBy: [`STATUS_${way}`], first: 50 };
      const first = await page(variables);
      const next = first.pageInfo.endCursor
        ? (await page({ ...variables, after: first.pageInfo.endCursor })).nodes
        : [];
      const found = [...first.nodes, ...next].map((node) => node.status);
      // As texts, and not as they are declared.
      expect(found).toEqual(way === "ASC" ? found.toSorted() : found.toSorted().reverse());
    }),
    { numRuns: 20 },
  );
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

async function ask(query: string) {
  const { data, errors } = await gateway.ask(query);
  expect(errors).toBeUndefined();
  return data;
}

/** What a client wrote before its names were changed, and the same in the names of today. */
const renamed: readonly (readonly [what: string, former: string, today: string])[] = [
  [
    "fields of a document, also beside their names of today",
    "orderDetails(id: 1 SOURCE) { placed shipped placedAt ...on OrderDetails { when: placed } }",
    "orderDetails(id: 1 SOURCE) { placed: placedAt shipped: shippedAt placedAt ...on OrderDetails { when: placedAt } }",
  ],
  [
    "fields within a list, beside a link",
    "customerOrders(id: 1 SOURCE) { orders { orderId placed shipped details { placed } } }",
    "customerOrders(id: 1 SOURCE) { orders { orderId placed: placedAt shipped: shippedAt details { placed: placedAt } } }",
  ],
  [
    "filters and orders",
    'orderDetailsConnection(where: { placed: { gte: "2005-06-01T00:00:00Z" }, not: { shipped: { isNull: true } } } orderBy: [PLACED_DESC] first: 5 SOURCE) { totalCount nodes { placed } edges { cursor } }',
    'orderDetailsConnection(where: { placedAt: { gte: "2005-06-01T00:00:00Z" }, not: { shippedAt: { isNull: true } } } orderBy: [PLACED_AT_DESC] first: 5 SOURCE) { totalCount nodes { placed: placedAt } edges { cursor } }',
  ],
  [
    "dimensions of a cube, their periods, links through them and facts",
    `sales(groupBy: [PRODUCT, ORDERED_ON_YEAR] where: { customer: { lt: 40 } } orderBy: [PRODUCT_ASC, ORDERED_ON_YEAR_DESC] first: 5 SOURCE) {
      groupedBy product orderedOnYear units productDocument { name } facts(first: 2) { nodes { customer orderedOn } }
      before: previous(over: ORDERED_ON_YEAR) { units } }`,
    `sales(groupBy: [PRODUCT_ID, PLACED_ON_YEAR] where: { customerId: { lt: 40 } } orderBy: [PRODUCT_ID_ASC, PLACED_ON_YEAR_DESC] first: 5 SOURCE) {
      groupedBy product: productId orderedOnYear: placedOnYear units productDocument { name }
      facts(first: 2) { nodes { customer: customerId orderedOn: placedOn } }
      before: previous(over: PLACED_ON_YEAR) { units } }`,
  ],
  [
    "values of a dimension",
    'salesValues(dimension: PRODUCT where: { orderedOn: { lt: "2006-01-01" } } first: 5 SOURCE) { value facts }',
    'salesValues(dimension: PRODUCT_ID where: { placedOn: { lt: "2006-01-01" } } first: 5 SOURCE) { value facts }',
  ],
];

describe.each(["LIVE", "MIRROR"])("From %s", (source) => {
  test.each(renamed)("a client goes on with former names of %s", async (_what, former, today) => {
    const of = (query: string) => ask(`{ answer: ${query.replace("SOURCE", `source: ${source}`)} }`);
    const answer = await of(today);
    expect(JSON.stringify(answer).length).toBeGreaterThan(60);
    expect(await of(former)).toEqual(answer);
  });
});

test("rows say what they are grouped by in the names of today", async () => {
  expect(await ask("{ sales(groupBy: [ORDERED_ON, CUSTOMER] first: 1) { groupedBy } }")).toEqual({
    sales: [{ groupedBy: ["PLACED_ON", "CUSTOMER_ID"] }],
  });
});

test("a history of what is called one has one name, and the former one still", async () => {
  const versions = "(id: 1) { nodes { changedFields document { name } } }";
  const answer = await ask(`{ answer: productPriceHistoryVersions${versions} }`);
  expect(answer?.answer).toHaveProperty("nodes.0.document.name");
  expect(await ask(`{ answer: productPriceHistoryHistory${versions} }`)).toEqual(answer);
});

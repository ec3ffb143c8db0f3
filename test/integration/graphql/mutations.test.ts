import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyProcedures } from "../../../src/stores/mariadb/procedure-parameters.ts";
import project from "../../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let productId: number;
let customerId: number;
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, project);
  const { admin } = gateway.database;
  const [product] = await admin.query<{ product_id: number }>(
    "select min(product_id) as product_id from product",
  );
  const [customer] = await admin.query<{ customer_id: number }>(
    "select min(customer_id) as customer_id from customer",
  );
  productId = Number(product?.product_id);
  customerId = Number(customer?.customer_id);
  await admin.run("update product set available_quantity = 10, current_price = 12.50 where product_id = ?", [
    productId,
  ]);
});
afterAll(() => gateway?.close());

const sell = (quantity: number) =>
  gateway.ask(
    `mutation($customerId: Int!, $lines: [SaleLineInput!]!) {
      recordSale(customerId: $customerId, lines: $lines) { orderId subtotal token order { status items { productId quantity unitPrice } buyer { customerId } } }
    }`,
    { customerId, lines: [{ productId, quantity }] },
  );
const errorOf = async (query: string) => (await gateway.ask(query)).errors?.[0]?.extensions;
const stock = async () => {
  const sql = "select available_quantity from product where product_id = ?";
  return Number((await gateway.database.admin.query(sql, [productId]))[0]?.available_quantity);
};

describe("Procedures of the project", () => {
  test("are what their definitions say", async () => {
    const procedures = gateway.database.project.domains.flatMap((domain) => domain.procedures ?? []);
    expect(procedures.length).toBeGreaterThan(0);
    expect(await verifyProcedures(gateway.database.admin, procedures)).toEqual([]);
  });
});

describe("A mutation", () => {
  test("returns its result, the touched document and a token by which a read sees the write", async () => {
    const answer = await sell(2);
    expect(answer.errors).toBeUndefined();
    const sale = answer.data?.recordSale as { orderId: number; token: string };
    expect(sale).toMatchObject({
      subtotal: "25.00",
      order: {
        status: "placed",
        items: [{ productId, quantity: 2, unitPrice: "12.50" }],
        buyer: { customerId },
      },
    });
    // The mirror of this test is not followed: AUTO waits for it, a little, and reads live.
    const read = await gateway.ask(
      "query($id: ID!, $token: String) { orderDetails(id: $id afterWrite: $token) { orderId } }",
      {
        id: sale.orderId,
        token: sale.token,
      },
    );
    expect(read.data).toEqual({ orderDetails: { orderId: sale.orderId } });
    expect(read.extensions?.freshness[0]?.source).toBe("LIVE");
    const mirror = await gateway.ask("query($id: ID!) { orderDetails(id: $id source: MIRROR) { orderId } }", {
      id: sale.orderId,
    });
    expect(mirror.data).toEqual({ orderDetails: null });
  });

  test("that breaks a rule of the shop has the rule's code, and changes nothing", async () => {
    const before = await stock();
    const answer = await sell(before + 1);
    expect(answer.data).toEqual({ recordSale: null });
    expect(answer.errors?.[0]?.extensions).toEqual({
      code: "OUT_OF_STOCK",
      productId,
      field: "lines[0].quantity",
      rule: "OUT_OF_STOCK",
      number: 30_006,
    });
    expect(answer.errors?.[0]?.message).not.toContain("internal");
    expect(await stock()).toBe(before);
  });

  test("runs one after the other, each in a transaction of its own", async () => {
    const id = (await sell(1)).data?.recordSale as { orderId: number };
    const answer = await gateway.ask(
      `mutation($id: Int!) {
        cancel: cancelOrder(orderId: $id) { status order { status } }
        ship: shipOrder(orderId: $id) { status }
        price: updatePrice(productId: ${productId}, price: "13.10") { currentPrice product { currentPrice } }
      }`,
      { id: id.orderId },
    );
    expect(answer.data).toEqual({
      cancel: { status: "cancelled", order: { status: "cancelled" } },
      ship: null,
      price: { currentPrice: "13.10", product: { currentPrice: "13.10" } },
    });
    expect(answer.errors?.map((error) => error.extensions.code)).toEqual(["ORDER_CLOSED"]);
  });

  test.each([
    [
      "an unknown customer",
      "mutation { recordSale(customerId: 999999, lines: [{ productId: 1, quantity: 1 }]) { orderId } }",
      "UNKNOWN_CUSTOMER",
    ],
    [
      "no lines",
      "mutation { recordSale(customerId: 0, lines: []) { orderId } }",
      "UNKNOWN_CUSTOMER|LINES_MALFORMED",
    ],
    [
      "a quantity of zero",
      "mutation { addItem(orderId: 1, productId: 1, quantity: 0) { quantity } }",
      "OUT_OF_RANGE",
    ],
    ["a negative price", 'mutation { updatePrice(productId: 1, price: "-1") { name } }', "OUT_OF_RANGE"],
    [
      "a price too large",
      'mutation { updatePrice(productId: 1, price: "12345678901.00") { name } }',
      "BAD_INPUT",
    ],
    [
      "a price finer than a cent",
      'mutation { updatePrice(productId: 1, price: "1.005") { name } }',
      "BAD_INPUT",
    ],
    ["a null", "mutation { cancelOrder(orderId: null) { status } }", "BAD_INPUT"],
    [
      "reversed days",
      '{ salesReport(from: "2020-01-02", to: "2020-01-01") { quantitySold } }',
      "DATES_REVERSED",
    ],
  ])("with %s is refused with a stable code", async (_name, query, code) => {
    expect((await errorOf(query))?.code).toMatch(new RegExp(`^(${code})$`));
  });

  test.each([
    [
      "a customer that is not there",
      "mutation { recordSale(customerId: 999999, lines: [{ productId: 1, quantity: 1 }]) { orderId } }",
      { code: "UNKNOWN_CUSTOMER", customerId: 999_999, field: "customerId" },
    ],
    [
      "the second line of a sale",
      "mutation { recordSale(customerId: CUSTOMER, lines: [{ productId: PRODUCT, quantity: 1 }, { productId: 999999, quantity: 1 }]) { orderId } }",
      { code: "UNKNOWN_PRODUCT", productId: 999_999, field: "lines[1].productId" },
    ],
    [
      "a quantity of the second line",
      "mutation { recordSale(customerId: CUSTOMER, lines: [{ productId: OTHER, quantity: 1 }, { productId: PRODUCT, quantity: 0 }]) { orderId } }",
      { code: "OUT_OF_RANGE", productId: "PRODUCT", field: "lines[1].quantity" },
    ],
    [
      "all lines",
      "mutation { recordSale(customerId: CUSTOMER, lines: []) { orderId } }",
      { code: "LINES_MALFORMED", field: "lines" },
    ],
    [
      "an order that is not there",
      "mutation { cancelOrder(orderId: 999999) { status } }",
      { code: "UNKNOWN_ORDER", orderId: 999_999, field: "orderId" },
    ],
    [
      "a price",
      'mutation { updatePrice(productId: PRODUCT, price: "-1") { name } }',
      { code: "OUT_OF_RANGE", productId: "PRODUCT", field: "price" },
    ],
    [
      "a price that no column holds",
      'mutation { updatePrice(productId: PRODUCT, price: "1.005") { name } }',
      { code: "BAD_INPUT", field: "price" },
    ],
    [
      "the last day of two",
      'mutation { addDays(first: "2020-01-02", last: "2020-01-01") { token } }',
      { code: "DAYS_REVERSED", field: "last" },
    ],
    [
      "the first day of two",
      'mutation { addDays(first: "1500-01-02", last: "2020-01-01") { token } }',
      { code: "DAY_OUTSIDE_CALENDAR", field: "first" },
    ],
  ])("that is refused for %s names it, and the argument", async (_name, query, expected) => {
    const [other] = await gateway.database.admin.query<{ id: number }>(
      "select max(product_id) as id from product",
    );
    const filled = query
      .replaceAll("PRODUCT", String(productId))
      .replaceAll("CUSTOMER", String(customerId))
      .replaceAll("OTHER", String(other?.id));
    const { rule: _rule, number: _number, ...told } = (await errorOf(filled)) ?? {};
    const isOurs = "productId" in expected && expected.productId === "PRODUCT";
    expect(told).toEqual(isOurs ? { ...expected, productId } : expected);
  });

  test("is not accepted by GET, so that no link can write", async () => {
    const query = encodeURIComponent("mutation { cancelOrder(orderId: 1) { status } }");
    const response = await fetch(`${gateway.server.url}?query=${query}`, {
      headers: { accept: "application/json" },
    });
    expect(response.status).toBe(405);
  });
});

describe("A procedure that only reads", () => {
  test("is a query, with exact numbers", async () => {
    const answer = await gateway.ask(
      '{ salesReport(from: "2000-01-01", to: "2099-12-31") { quantitySold totalAmount } }',
    );
    const [expected] = await gateway.database.admin.query<{ q: string; t: string }>(
      "select sum(l.quantity) as q, sum(l.line_total) as t from orderline l join `order` o using (order_id) where o.status <> 'cancelled'",
    );
    expect(answer.data).toEqual({
      salesReport: { quantitySold: String(expected?.q), totalAmount: expected?.t },
    });
  });
});

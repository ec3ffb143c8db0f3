import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { posRules } from "../../../src/domains/pos/rules.ts";
import { type Example, readExamples } from "../../../src/graphql/examples.ts";
import { createProcedureCaller, type ProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";

let gateway: TestGateway;
let examples: readonly Example[];
/** How often a procedure was begun, retries included. */
let attempts = 0;
let order = 0;

beforeAll(async () => {
  let caller: ProcedureCaller | undefined;
  gateway = await openTestGateway({
    procedures: { call: (...call) => caller?.call(...call) ?? Promise.reject(new Error("not open yet")) },
  });
  const { writer, admin } = gateway.database;
  const withConnection: typeof writer.withConnection = (work) => {
    attempts += 1;
    return writer.withConnection(work);
  };
  caller = createProcedureCaller({ ...writer, withConnection }, posRules);
  examples = await readExamples("examples/pos");
  await admin.run("update product set available_quantity = 1000, current_price = 12.50 where product_id = 1");
});
afterAll(() => gateway?.close());
beforeEach(async () => {
  const answer = await gateway.ask(
    "mutation { recordSale(customerId: 1, lines: [{ productId: 1, quantity: 2 }]) { orderId } }",
  );
  order = Number((answer.data?.recordSale as { orderId: number } | null)?.orderId);
  attempts = 0;
});

const ask = (query: string) => gateway.ask(query.replaceAll("$order", String(order)));

/** All that a sale, a cancellation or a price may alter. */
const state = () =>
  gateway.database.admin.query(`select
    (select concat(count(*), ' ', sum(total), ' ', sum(status = 'placed')) from \`order\`) as orders,
    (select concat(count(*), ' ', sum(quantity)) from orderline) as lines_sold,
    (select concat(sum(current_price), ' ', sum(available_quantity)) from product) as products,
    (select count(*) from price_history) as prices,
    (select max(vitrine_id) from vitrine_change_order) as changes`);

describe("A mutation of the shop", () => {
  test("records a sale as the example does, and the token lets the other example read it", async () => {
    const example = (name: string) => examples.find((candidate) => candidate.name === name);
    const sale = example("record-sale");
    const { data, errors } = await gateway.ask(sale?.query ?? "", JSON.parse(sale?.variables ?? "null"));
    expect(errors).toBeUndefined();
    expect(data?.recordSale).toMatchObject({
      subtotal: "25.00",
      order: { status: "placed", items: [{ quantity: 2, lineTotal: "25.00" }] },
    });
    const { orderId, token, total } = (data?.recordSale ?? {}) as Record<string, unknown>;
    const read = await gateway.ask(example("read-own-write")?.query ?? "", { orderId, token });
    expect(read.errors).toBeUndefined();
    expect(read.data?.orderDetails).toMatchObject({ orderId, total });
  });

  test("adds pieces, changes a price, ships: each answers the document that it touched", async () => {
    const { data, errors } = await ask(`mutation {
      addItem(orderId: $order, productId: 1, quantity: 3) { quantity unitPrice lineTotal order { subtotal } }
      updatePrice(productId: 1, price: "13.10") { currentPrice product { currentPrice } }
      shipOrder(orderId: $order) { status dateShipped order { status shipped } token }
      back: updatePrice(productId: 1, price: "12.50") { currentPrice }
    }`);
    expect(errors).toBeUndefined();
    const shipped = data?.shipOrder as { readonly dateShipped: string } | undefined;
    expect(data).toEqual({
      addItem: { quantity: 5, unitPrice: "12.50", lineTotal: "62.50", order: { subtotal: "62.50" } },
      updatePrice: { currentPrice: "13.10", product: { currentPrice: "13.10" } },
      shipOrder: {
        status: "shipped",
        dateShipped: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
        order: { status: "shipped", shipped: shipped?.dateShipped },
        token: expect.any(String),
      },
      back: { currentPrice: "12.50" },
    });
  });

  test("cancels an order", async () => {
    const { data } = await ask("mutation { cancelOrder(orderId: $order) { status order { status } } }");
    expect(data).toEqual({ cancelOrder: { status: "cancelled", order: { status: "cancelled" } } });
  });

  test("sets right what was loaded without the rules", async () => {
    const { admin } = gateway.database;
    await admin.withConnection(async (connection) => {
      await connection.run("set @pos_bulk_load = 1");
      await connection.run("update `order` set subtotal = 1, sales_tax = 1 where order_id = ?", [order]);
      await connection.run("update mv_product_buyers set entries = '9 Nobody' where product_id = 1");
      await connection.run("delete from orderline where order_id = ?", [order]);
      await connection.run("insert into orderline (order_id, product_id, quantity) values (?, 1, 2)", [
        order,
      ]);
      await connection.run("set @pos_bulk_load = null");
    });
    const { data, errors } = await ask(`mutation {
      fillUnitPrice { filled token }
      fillOrderTotal { filled }
      refreshMaterializedViews { token }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      fillUnitPrice: { filled: 1, token: expect.any(String) },
      fillOrderTotal: { filled: 1 },
      refreshMaterializedViews: { token: expect.any(String) },
    });
    expect(await admin.query("select subtotal from `order` where order_id = ?", [order])).toEqual([
      { subtotal: "25.00" },
    ]);
    expect(
      await admin.query("select 1 from mv_product_buyers where entries like '%Nobody%' limit 1"),
    ).toEqual([]);
  });
});

describe("Bad input has a stable code, is not tried again, and leaves everything as it was", () => {
  const sale = (customer: string, lines: string) =>
    `mutation { recordSale(customerId: ${customer}, lines: ${lines}) { orderId } }`;
  const item = (...args: readonly string[]) =>
    `mutation { addItem(orderId: ${args[0]}, productId: ${args[1]}, quantity: ${args[2]}) { quantity } }`;
  const price = (product: string, amount: string) =>
    `mutation { updatePrice(productId: ${product}, price: ${amount}) { name } }`;
  const report = (from: string, to: string, product = "null") =>
    `{ salesReport(from: ${from}, to: ${to}, productId: ${product}) { quantitySold } }`;
  const closing = ["cancelOrder", "shipOrder"].flatMap((name) =>
    [
      ["null", "BAD_INPUT"],
      ["-1", "UNKNOWN_ORDER"],
      ["0.5", "BAD_INPUT"],
      ["99999", "UNKNOWN_ORDER"],
      ["99999999999", "BAD_INPUT"],
      ['"one"', "BAD_INPUT"],
    ].map(([id, code]) => [`mutation { ${name}(orderId: ${id}) { status } }`, code] as const),
  );

  test.each([
    [sale("null", "[{ productId: 1, quantity: 1 }]"), "BAD_INPUT"],
    [sale("-1", "[{ productId: 1, quantity: 1 }]"), "UNKNOWN_CUSTOMER"],
    [sale("99999", "[{ productId: 1, quantity: 1 }]"), "UNKNOWN_CUSTOMER"],
    [sale("99999999999", "[{ productId: 1, quantity: 1 }]"), "BAD_INPUT"],
    [sale("1", "null"), "BAD_INPUT"],
    [sale("1", "[]"), "LINES_MALFORMED"],
    [sale("1", "[null]"), "BAD_INPUT"],
    [sale("1", "[7]"), "BAD_INPUT"],
    [sale("1", '"[{"'), "BAD_INPUT"],
    [sale("1", "[{ productId: 1 }]"), "BAD_INPUT"],
    [sale("1", "[{ productId: 1, quantity: null }]"), "BAD_INPUT"],
    [sale("1", "[{ productId: 1, quantity: 1.5 }]"), "BAD_INPUT"],
    [sale("1", "[{ productId: -1, quantity: 1 }]"), "UNKNOWN_PRODUCT"],
    [sale("1", "[{ productId: 99999999999, quantity: 1 }]"), "BAD_INPUT"],
    [sale("1", "[{ productId: 1, quantity: 0 }]"), "OUT_OF_RANGE"],
    [sale("1", "[{ productId: 1, quantity: 1 }, { productId: 2, quantity: -1 }]"), "OUT_OF_RANGE"],
    [sale("1", "[{ productId: 1, quantity: 1000001 }]"), "OUT_OF_RANGE"],
    [sale("1", "[{ productId: 1, quantity: 1 }, { productId: 99999, quantity: 1 }]"), "UNKNOWN_PRODUCT"],
    [sale("1", "[{ productId: 2, quantity: 1 }, { productId: 1, quantity: 1001 }]"), "OUT_OF_STOCK"],
    [item("null", "1", "1"), "BAD_INPUT"],
    [item("$order", "null", "1"), "BAD_INPUT"],
    [item("$order", "1", "null"), "BAD_INPUT"],
    [item("-1", "1", "1"), "UNKNOWN_ORDER"],
    [item("99999", "1", "1"), "UNKNOWN_ORDER"],
    [item("99999999999", "1", "1"), "BAD_INPUT"],
    [item("$order", "-1", "1"), "UNKNOWN_PRODUCT"],
    [item("$order", "99999999999", "1"), "BAD_INPUT"],
    [item("$order", "1", "99999999999"), "BAD_INPUT"],
    [item("$order", "99999", "1"), "UNKNOWN_PRODUCT"],
    [item("$order", "1", "0"), "OUT_OF_RANGE"],
    [item("$order", "1", "-1"), "OUT_OF_RANGE"],
    [item("$order", "1", "1000001"), "OUT_OF_RANGE"],
    [item("$order", "1", "1001"), "OUT_OF_STOCK"],
    [price("null", '"1.00"'), "BAD_INPUT"],
    [price("1", "null"), "BAD_INPUT"],
    [price("1", '"-0.01"'), "OUT_OF_RANGE"],
    [price("-1", '"1.00"'), "UNKNOWN_PRODUCT"],
    [price("99999", '"1.00"'), "UNKNOWN_PRODUCT"],
    [price("99999999999", '"1.00"'), "BAD_INPUT"],
    [price("1", '"100000000.00"'), "BAD_INPUT"],
    [price("1", '"1.005"'), "BAD_INPUT"],
    [price("1", '"free"'), "BAD_INPUT"],
    [report("null", '"2020-01-01"'), "BAD_INPUT"],
    [report('"2020-01-01"', "null"), "BAD_INPUT"],
    [report('"99999-01-01"', '"2020-01-01"'), "BAD_INPUT"],
    [report('"2020-01-01"', '"2020-01-01"', "99999999999"), "BAD_INPUT"],
    [report('"2020-01-02"', '"2020-01-01"'), "DATES_REVERSED"],
    [report('"2020-02-30"', '"2020-03-01"'), "BAD_INPUT"],
    [report('"2020-01-01"', '"2020-01-01"', "-5"), "UNKNOWN_PRODUCT"],
    ...closing,
  ] as const)("%s: %s", async (query, code) => {
    const before = await state();
    const { errors } = await ask(query);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(errors?.[0]?.message).not.toMatch(/sql|column|\n/i);
    expect(await state()).toEqual(before);
    expect(attempts).toBeLessThanOrEqual(1);
  });

  test("more than 1,000 lines", async () => {
    const before = await state();
    const { errors } = await gateway.ask(
      "mutation($lines: [SaleLineInput!]!) { recordSale(customerId: 1, lines: $lines) { orderId } }",
      { lines: Array.from({ length: 1001 }, () => ({ productId: 1, quantity: 1 })) },
    );
    expect(errors?.[0]?.extensions.code).toBe("LINES_MALFORMED");
    expect([await state(), attempts]).toEqual([before, 1]);
  });

  test("an order that is closed, and half of a document of mutations", async () => {
    await ask("mutation { shipOrder(orderId: $order) { status } }");
    attempts = 0;
    const { data, errors } = await ask(`mutation {
      addItem(orderId: $order, productId: 1, quantity: 1) { quantity }
      cancelOrder(orderId: $order) { status }
      shipOrder(orderId: $order) { status }
    }`);
    expect(data).toEqual({ addItem: null, cancelOrder: null, shipOrder: null });
    expect(errors?.map(({ extensions }) => extensions)).toEqual(
      Array(3).fill({
        code: "ORDER_CLOSED",
        rule: "ORDER_CLOSED",
        number: 30_007,
        field: "orderId",
        orderId: expect.any(Number),
      }),
    );
    expect(attempts).toBe(3);
  });
});

test("an account that reads cannot call what writes", async () => {
  const { reader } = gateway.database;
  for (const call of ["record_sale(1, '[]')", "cancel_order(1)", "update_price(1, 1)", "fill_order_total()"])
    await expect(reader.query(`call ${call}`)).rejects.toMatchObject({ errno: 1370 });
  expect(await reader.query("call sales_report('2020-01-01', '2020-01-02', null)")).toHaveLength(2);
});

/**
 * A second opinion about the mirror of the shop: derives from the base tables, row by row, what each model must hold,
 * and compares it with what MongoDB holds. Shares no code with `src/`: plain drivers, plain loops, no views. To be
 * asked when nothing is written any more.
 */
import { isDeepStrictEqual } from "node:util";
import { Decimal128, Double, Int32, Long, MongoClient } from "mongodb";
import mysql from "mysql2/promise";
import { deriveFigures } from "./figures-oracle.ts";
import { deriveDocuments } from "./shop-oracle.ts";
import type { RowReader } from "./shop-rows.ts";

export interface Disagreement {
  readonly collection: string;
  readonly id: string;
  readonly expected: unknown;
  readonly found: unknown;
}

export interface Comparison {
  readonly disagreements: readonly Disagreement[];
  /** Documents that the mirror must hold. */
  readonly compared: number;
}

export type Rows = readonly Record<string, string | number | null>[];
type Expected = Map<number, Record<string, unknown>>;

/**
 * Every document of the mirror that is not what the base tables say, of these collections or of all. Both URLs name
 * a database. Money is compared to the digit in those of `derive`, elsewhere by its value.
 */
export async function compareShop(
  mariadbUrl: string,
  mongodbUrl: string,
  collections?: readonly string[],
): Promise<Comparison> {
  return compareCollections(mongodbUrl, await readExpected(mariadbUrl), collections);
}

/** Every document of a mirror that is not what is expected, of these collections or of all that are known. */
export async function compareCollections(
  mongodbUrl: string,
  known: ReadonlyMap<string, ExpectedCollection>,
  collections: readonly string[] = [...known.keys()],
): Promise<Comparison> {
  const client = new MongoClient(mongodbUrl, { promoteValues: false });
  try {
    const database = client.db(new URL(mongodbUrl).pathname.slice(1));
    // Where a model's documents are read, when its shape was changed since it was first mirrored.
    const routes = database.collection<{ _id: string; reads: { collection: string } }>("_vitrine_routes");
    const disagreements: Disagreement[] = [];
    let compared = 0;
    for (const collection of collections) {
      const one = known.get(collection);
      if (!one) throw new Error(`The comparator cannot tell what ${collection} must hold.`);
      const { expected, toPlain } = one;
      compared += expected.size;
      const found = new Map<string, unknown>();
      const route = await routes.findOne({ _id: collection });
      const place = database.collection(route?.reads.collection ?? collection);
      for await (const { _id, _v, _h, _at, _del, ...rest } of place.find())
        if (_del === undefined) found.set(toId(plain(_id)), toPlain(rest));
      for (const id of new Set([...expected.keys(), ...found.keys()]))
        if (!isDeepStrictEqual(expected.get(id), found.get(id)))
          disagreements.push({ collection, id, expected: expected.get(id), found: found.get(id) });
    }
    return { disagreements, compared };
  } finally {
    await client.close();
  }
}

/** Of what is made of several values, their JSON text. */
const toId = (id: unknown): string => (typeof id === "object" ? JSON.stringify(id) : String(id));

export interface ExpectedCollection {
  readonly expected: ReadonlyMap<string, unknown>;
  /** What is found, as it is written in `expected`. */
  readonly toPlain: (stored: unknown) => unknown;
}

/** By name of the collection, all in one snapshot. */
async function readExpected(mariadbUrl: string): Promise<ReadonlyMap<string, ExpectedCollection>> {
  return readRows(mariadbUrl, async (all) => {
    const reader: RowReader = { query: async <T>(sql: string) => (await all(sql)) as readonly T[] };
    const byValue = { ...(await deriveDocuments(reader)), ...(await deriveFigures(reader)) };
    const exact = derive({
      cities: await all("select zip, city, state from city"),
      customers: await all("select * from customer"),
      products: await all("select product_id, name, current_price from product"),
      orders: await all("select * from `order` order by date_placed, order_id"),
      lines: await all("select * from orderline order by order_id, product_id"),
    });
    const result = new Map<string, ExpectedCollection>();
    for (const [name, expected] of Object.entries(byValue))
      result.set(name, { expected, toPlain: plainValue });
    for (const [name, expected] of Object.entries(exact))
      result.set(name, {
        expected: new Map([...expected].map(([id, document]) => [String(id), document])),
        toPlain: plain,
      });
    return result;
  });
}

/** A document whose numbers are texts, whatever their kind: as a row tells them, to the digit. */
export const toTexts = (document: unknown): unknown =>
  Object.fromEntries(
    Object.entries(plain(document) as object).map(([key, value]) => [
      key,
      typeof value === "number" ? String(value) : value,
    ]),
  );

/** Reads rows of one snapshot as the driver gives them: decimals and times as text. */
export async function readRows<T>(
  mariadbUrl: string,
  read: (all: (sql: string) => Promise<Rows>) => Promise<T>,
): Promise<T> {
  const connection = await mysql.createConnection({
    uri: mariadbUrl.replace(/^mariadb:/, "mysql:"),
    dateStrings: true,
    decimalNumbers: false,
    timezone: "Z",
    charset: "utf8mb4_bin",
  });
  try {
    await connection.query("start transaction with consistent snapshot, read only");
    // Rows of the tables that are compared have scalar columns only.
    return await read(async (sql) => (await connection.query(sql))[0] as Rows);
  } finally {
    await connection.end();
  }
}

function derive(tables: Record<"cities" | "customers" | "products" | "orders" | "lines", Rows>) {
  const cityOf = new Map(tables.cities.map((city) => [city.zip, city]));
  const customerOf = new Map(tables.customers.map((row) => [Number(row.customer_id), row]));
  const productOf = new Map(tables.products.map((row) => [Number(row.product_id), row]));
  const items = new Map<number, unknown[]>();
  const buyers = new Map<number, Set<number>>();
  const ordersOf = new Map<number, unknown[]>();
  const orderDetails: Expected = new Map();
  const buyerOf = new Map(tables.orders.map((row) => [Number(row.order_id), Number(row.customer_id)]));
  const nameOf = (id: number) => `${customerOf.get(id)?.first_name} ${customerOf.get(id)?.last_name}`;
  for (const line of tables.lines) {
    const orderId = Number(line.order_id);
    const productId = Number(line.product_id);
    const quantity = Number(line.quantity);
    append(items, orderId, {
      productId,
      name: productOf.get(productId)?.name,
      quantity,
      unitPrice: line.unit_price,
      lineTotal: times(String(line.unit_price), quantity),
    });
    const known = buyers.get(productId) ?? new Set();
    buyers.set(productId, known.add(buyerOf.get(orderId) ?? -1));
  }
  for (const order of tables.orders) {
    const orderId = Number(order.order_id);
    const customerId = Number(order.customer_id);
    const content = {
      orderId,
      status: order.status,
      placedAt: iso(order.date_placed),
      shippedAt: iso(order.date_shipped),
      subtotal: order.subtotal,
      salesTax: order.sales_tax,
      total: plus(String(order.subtotal), String(order.sales_tax)),
      items: items.get(orderId) ?? [],
    };
    append(ordersOf, customerId, content);
    orderDetails.set(orderId, { ...content, buyer: { customerId, name: nameOf(customerId) } });
  }
  const customerOrders: Expected = new Map();
  for (const [customerId, row] of customerOf) {
    const city = cityOf.get(row.zip ?? null);
    const second = String(row.address2 ?? "").replace(/^#+/, "");
    customerOrders.set(customerId, {
      customerId,
      name: nameOf(customerId),
      firstName: row.first_name,
      lastName: row.last_name,
      printedAddress1: `${row.address1}${second === "" ? "" : ` #${second}`}`,
      printedAddress2: `${city?.city}, ${city?.state}   ${row.zip}`,
      city: city?.city,
      state: city?.state,
      zip: row.zip,
      orders: ordersOf.get(customerId) ?? [],
    });
  }
  const productBuyers: Expected = new Map();
  for (const [productId, row] of productOf)
    productBuyers.set(productId, {
      productId,
      name: row.name,
      currentPrice: row.current_price,
      buyers: [...(buyers.get(productId) ?? [])]
        .sort((a, b) => a - b)
        .map((customerId) => ({ customerId, name: nameOf(customerId) })),
    });
  return { customer_orders: customerOrders, order_details: orderDetails, product_buyers: productBuyers };
}

function append(lists: Map<number, unknown[]>, key: number, value: unknown): void {
  const list = lists.get(key) ?? [];
  list.push(value);
  lists.set(key, list);
}

const cents = (text: string) => BigInt(text.replace(".", ""));
const money = (value: bigint) => `${value / 100n}.${String(value % 100n).padStart(2, "0")}`;
const times = (price: string, quantity: number) => money(cents(price) * BigInt(quantity));
const plus = (a: string, b: string) => money(cents(a) + cents(b));
const iso = (text: string | number | null | undefined) =>
  text == null ? null : `${String(text).replace(" ", "T")}Z`;

/** BSON, types kept by the driver, as the plain values that the base tables give. */
export function plain(value: unknown): unknown {
  if (value instanceof Int32 || value instanceof Double) return value.valueOf();
  if (value instanceof Long || value instanceof Decimal128) return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  return value;
}

/** The same as the oracles of `byValue` write it: numbers by their value, a day without its hours. */
function plainValue(value: unknown): unknown {
  if (value instanceof Long || value instanceof Decimal128) return Number(value.toString());
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null || value instanceof Int32 || value instanceof Double)
    return plain(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      dayFields.has(key) && member instanceof Date ? member.toISOString().slice(0, 10) : plainValue(member),
    ]),
  );
}

/** What a day is stored as is its midnight. */
const dayFields = new Set("placedOn placedOnMonth lastOrderOn lastOrderFrom lastOrderTo".split(" "));

import type { DocumentModel } from "../../src/models/model.ts";
import type { MariaDb, MariaDbConnection, Queryable, Row } from "../../src/stores/mariadb/mariadb.ts";
import { documentsSql } from "./model-contract.ts";

/** Product, pieces, and the price paid when it is not today's. */
export type ShopItem = readonly [product: string, quantity: number, unitPrice?: string];

export interface ShopCustomer {
  readonly lastName?: string;
  readonly zip?: string;
  readonly address1?: string;
  readonly address2?: string | null;
}

export interface ShopSale {
  /** `2024-05-01 10:00:00.000`, UTC. */
  readonly placed?: string;
  readonly shipped?: string;
  readonly cancelled?: boolean;
}

/** Builds a shop in its own words. Things are numbered from 1 in the order in which they are made. */
export interface Shop extends Queryable {
  city(zip: string, city: string, state: string, rate?: string): Promise<void>;
  /** Lives in 77002 unless said otherwise. */
  customer(firstName: string, details?: ShopCustomer): Promise<number>;
  /** 1,000 are in stock unless said otherwise. */
  product(name: string, price: string, stock?: number): Promise<number>;
  /** An order, and all its lines in one statement; placed on 2024-05-01 10:00 unless said otherwise. */
  sale(firstName: string, items?: readonly ShopItem[], sale?: ShopSale): Promise<number>;
  /** An order's money and status. */
  order(orderId: number): Promise<Row>;
  stock(product: string): Promise<number>;
  customerId(firstName: string): number;
  productId(name: string): number;
  /** The same shop through another connection: for tests of what happens at once. */
  on(db: Queryable): Shop;
}

interface Known {
  readonly customers: Map<string, number>;
  readonly products: Map<string, number>;
  orders: number;
}

/** Houston (77002, TX, taxed at 8.25 %) is there from the start. */
export async function createShop(db: Queryable): Promise<Shop> {
  const shop = openShop(db, { customers: new Map(), products: new Map(), orders: 0 });
  await shop.city("77002", "Houston", "TX", "0.08250");
  return shop;
}

function openShop(db: Queryable, known: Known): Shop {
  const find = (numbers: ReadonlyMap<string, number>, name: string): number => {
    const found = numbers.get(name);
    if (found === undefined) throw new Error(`There is no ${name} in this shop.`);
    return found;
  };
  const productId = (name: string) => find(known.products, name);
  const customerId = (name: string) => find(known.customers, name);
  return {
    run: (sql, values) => db.run(sql, values),
    query: (sql, values) => db.query(sql, values),
    productId,
    customerId,
    on: (other) => openShop(other, known),
    city: async (zip, city, state, rate) => {
      await db.run("insert into city (zip, city, state) values (?, ?, ?)", [zip, city, state]);
      if (rate !== undefined)
        await db.run(
          `insert into sales_tax (zip, state, tax_region_name, combined_rate, state_rate, county_rate, city_rate,
            special_rate) values (?, ?, ?, ?, ?, 0, 0, 0)`,
          [zip, state, city, rate, rate],
        );
    },
    customer: async (
      firstName,
      { lastName = "Smith", zip = "77002", address1 = "1 Main St", address2 = null } = {},
    ) => {
      const id = known.customers.size + 1;
      known.customers.set(firstName, id);
      await db.run(
        `insert into customer (customer_id, first_name, last_name, address1, address2, zip)
        values (?, ?, ?, ?, ?, ?)`,
        [id, firstName, lastName, address1, address2, zip],
      );
      return id;
    },
    product: async (name, price, stock = 1000) => {
      const id = known.products.size + 1;
      known.products.set(name, id);
      await db.run(
        "insert into product (product_id, name, current_price, available_quantity) values (?, ?, ?, ?)",
        [id, name, price, stock],
      );
      return id;
    },
    sale: async (
      firstName,
      items = [],
      { placed = "2024-05-01 10:00:00.000", shipped, cancelled = false } = {},
    ) => {
      known.orders += 1;
      const id = known.orders;
      await db.run("insert into `order` (order_id, customer_id, date_placed) values (?, ?, ?)", [
        id,
        customerId(firstName),
        placed,
      ]);
      const lines = items.map(([name, quantity, unitPrice = null]) => [
        id,
        productId(name),
        quantity,
        unitPrice,
      ]);
      if (lines.length > 0)
        await db.run("insert into orderline (order_id, product_id, quantity, unit_price) values ?", [lines]);
      if (shipped !== undefined)
        await db.run("update `order` set status = 'shipped', date_shipped = ? where order_id = ?", [
          shipped,
          id,
        ]);
      if (cancelled) await db.run("update `order` set status = 'cancelled' where order_id = ?", [id]);
      return id;
    },
    order: async (orderId) => {
      const [row] = await db.query(
        "select status, subtotal, sales_tax, total from `order` where order_id = ?",
        [orderId],
      );
      return row ?? {};
    },
    stock: async (product) => {
      const [row] = await db.query<{ n: number }>(
        "select available_quantity as n from product where product_id = ?",
        [productId(product)],
      );
      return row?.n ?? Number.NaN;
    },
  };
}

/** Runs `work` in a shop of its own, which is gone afterwards: tests share a database without seeing each other. */
export async function inShop(
  db: MariaDb,
  work: (shop: Shop, connection: MariaDbConnection) => Promise<void>,
): Promise<void> {
  await db.withConnection(async (connection) => {
    await connection.run("start transaction");
    try {
      await work(await createShop(connection), connection);
    } finally {
      await connection.run("rollback");
    }
  });
}

/** The document of a model as the view shows it, parsed; null when there is none. */
export async function readDocument(
  db: Queryable,
  model: DocumentModel,
  id: string | number,
): Promise<unknown> {
  const rows = await db.query<{ document: string }>(
    `select document from (${documentsSql(model)}) as documents where document_id = ?`,
    [id],
  );
  return rows[0] ? JSON.parse(rows[0].document) : null;
}

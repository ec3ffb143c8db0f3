import type { MariaDb, Queryable, Row } from "../../src/stores/mariadb.ts";

/** Where people of a state live in tests, and the sales tax there; none in OR. */
const places = {
  TX: { zip: "77001", city: "Houston", rate: "0.08250" },
  CA: { zip: "90001", city: "Los Angeles", rate: "0.09500" },
  NY: { zip: "10001", city: "New York", rate: "0.08875" },
  LA: { zip: "70112", city: "New Orleans", rate: "0.12950" },
  OR: { zip: "97201", city: "Portland", rate: undefined },
} as const;
export type State = keyof typeof places;

/** A shop in the domain's words. Customers and products go by their names. */
export interface Shop {
  /** Adds a customer, in Texas unless said otherwise; answers the id. */
  customer(name: string, options?: { readonly state?: State }): Promise<number>;
  /** Adds a product; answers the id. */
  product(name: string, price: string, stock?: number): Promise<number>;
  /** Places an order, one statement for the order and one for all lines; answers its id. */
  sale(
    customer: string,
    ...lines: readonly (readonly [product: string, quantity: number])[]
  ): Promise<number>;
  /** An order's money and status. */
  order(orderId: number): Promise<Row>;
  stock(product: string): Promise<number>;
  customerId(name: string): Promise<number>;
  productId(name: string): Promise<number>;
  zip(state: State): string;
  run(sql: string, values?: readonly unknown[]): Promise<unknown>;
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** Opens the shop in an empty, migrated database. */
export async function openShop(db: MariaDb): Promise<Shop> {
  for (const [state, { zip, city, rate }] of Object.entries(places)) {
    await db.run("insert ignore into city (zip, city, state) values (?, ?, ?)", [zip, city, state]);
    if (rate !== undefined)
      await db.run(
        `insert ignore into sales_tax
          (zip, state, tax_region_name, combined_rate, state_rate, county_rate, city_rate, special_rate)
        values (?, ?, ?, ?, 0, 0, 0, 0)`,
        [zip, state, city, rate],
      );
  }
  return shopOn(db);
}

/** The shop as one connection sees it: for tests of what happens at once. */
export function shopOn(db: Queryable): Shop {
  const idOf = async (sql: string, name: string) => {
    const [row] = await db.query<{ id: number }>(sql, [name]);
    if (!row) throw new Error(`There is no ${name}.`);
    return row.id;
  };
  const shop: Shop = {
    async customer(name, { state = "TX" } = {}) {
      const sql = "insert into customer (first_name, last_name, address1, zip) values (?, ?, '1 Main St', ?)";
      return (await db.run(sql, [name, "Test", places[state].zip])).insertId;
    },
    async product(name, price, stock = 100) {
      const sql = "insert into product (name, current_price, available_quantity) values (?, ?, ?)";
      return (await db.run(sql, [name, price, stock])).insertId;
    },
    async sale(customer, ...lines) {
      const customerId = await shop.customerId(customer);
      const { insertId: orderId } = await db.run("insert into `order` (customer_id) values (?)", [
        customerId,
      ]);
      const rows: number[][] = [];
      for (const [product, quantity] of lines) rows.push([orderId, await shop.productId(product), quantity]);
      if (rows.length > 0)
        await db.run("insert into orderline (order_id, product_id, quantity) values ?", [rows]);
      return orderId;
    },
    async order(orderId) {
      const [row] = await db.query(
        "select status, subtotal, sales_tax, total from `order` where order_id = ?",
        [orderId],
      );
      return row ?? {};
    },
    async stock(product) {
      const id = await shop.productId(product);
      const [row] = await db.query<{ n: number }>(
        "select available_quantity as n from product where product_id = ?",
        [id],
      );
      return row?.n ?? Number.NaN;
    },
    customerId: (name) => idOf("select customer_id as id from customer where first_name = ?", name),
    productId: (name) => idOf("select product_id as id from product where name = ?", name),
    zip: (state) => places[state].zip,
    run: (sql, values) => db.run(sql, values),
    query: (sql, values) => db.query(sql, values),
  };
  return shop;
}

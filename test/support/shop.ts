import type { DocumentModel } from "../../src/models/model.ts";
import { type MariaDb, type MariaDbConnection, type Queryable, quoteName } from "../../src/stores/mariadb.ts";

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
export interface Shop {
  city(zip: string, city: string, state: string, rate?: string): Promise<void>;
  /** Lives in 77002 unless said otherwise. */
  customer(firstName: string, details?: ShopCustomer): Promise<number>;
  product(name: string, price: string): Promise<number>;
  /** An order with its lines and totals; placed on 2024-05-01 10:00 unless said otherwise. */
  sale(firstName: string, items: readonly ShopItem[], sale?: ShopSale): Promise<number>;
  /** Sets the totals as the import does: tax by the rate of the customer's zip. */
  total(orderId: number): Promise<void>;
}

/** Houston (77002, TX, taxed at 8.25 %) is there from the start. */
export async function createShop(db: Queryable): Promise<Shop> {
  const customers = new Map<string, number>();
  const products = new Map<string, { readonly id: number; readonly price: string }>();
  let orders = 0;
  const find = <T>(known: ReadonlyMap<string, T>, name: string): T => {
    const found = known.get(name);
    if (found === undefined) throw new Error(`There is no ${name} in this shop.`);
    return found;
  };
  const shop: Shop = {
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
      const id = customers.size + 1;
      await db.run(
        `insert into customer (customer_id, first_name, last_name, address1, address2, zip)
        values (?, ?, ?, ?, ?, ?)`,
        [id, firstName, lastName, address1, address2, zip],
      );
      customers.set(firstName, id);
      return id;
    },
    product: async (name, price) => {
      const id = products.size + 1;
      await db.run(
        "insert into product (product_id, name, current_price, available_quantity) values (?, ?, ?, 1000)",
        [id, name, price],
      );
      products.set(name, { id, price });
      return id;
    },
    sale: async (
      firstName,
      items,
      { placed = "2024-05-01 10:00:00.000", shipped, cancelled = false } = {},
    ) => {
      orders += 1;
      await db.run("insert into `order` (order_id, customer_id, date_placed) values (?, ?, ?)", [
        orders,
        find(customers, firstName),
        placed,
      ]);
      for (const [name, quantity, unitPrice] of items) {
        const product = find(products, name);
        await db.run(
          "insert into orderline (order_id, product_id, quantity, unit_price) values (?, ?, ?, ?)",
          [orders, product.id, quantity, unitPrice ?? product.price],
        );
      }
      await shop.total(orders);
      if (shipped !== undefined)
        await db.run("update `order` set status = 'shipped', date_shipped = ? where order_id = ?", [
          shipped,
          orders,
        ]);
      if (cancelled) await db.run("update `order` set status = 'cancelled' where order_id = ?", [orders]);
      return orders;
    },
    total: async (orderId) => {
      await db.run(
        `update \`order\` as o
        join customer as c on c.customer_id = o.customer_id
        left join sales_tax as t on t.zip = c.zip
        set o.subtotal = (select coalesce(sum(l.line_total), 0) from orderline as l where l.order_id = o.order_id),
          o.sales_tax = round(
            (select coalesce(sum(l.line_total), 0) from orderline as l where l.order_id = o.order_id)
            * coalesce(t.combined_rate, 0), 2)
        where o.order_id = ?`,
        [orderId],
      );
    },
  };
  await shop.city("77002", "Houston", "TX", "0.08250");
  return shop;
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
    `select document from ${quoteName(model.name)} where document_id = ?`,
    [id],
  );
  return rows[0] ? JSON.parse(rows[0].document) : null;
}

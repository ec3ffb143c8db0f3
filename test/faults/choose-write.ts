import { GONE, toOrderState } from "./ledger.ts";
import type { Random } from "./random.ts";

export const CUSTOMERS = 40;
export const PRODUCTS = 30;
/** One in each of three states. */
export const ZIPS = ["77002", "90001", "10001"] as const;
/** An order is of now, unless it is moved to one of these days: months come and go. */
const DAYS = ["2024-01-31 23:59:59.999", "2024-02-01 00:00:00", "2024-02-29 12:00:00"] as const;
const ORDERS_PER_TERMINAL = 20;

/** What a terminal does in one transaction, and the state in which that leaves the row it is about. */
export interface Write {
  /** `customer 7`, `order 1012`. */
  readonly row: string;
  readonly state: string;
  readonly statements: readonly (readonly [sql: string, values: readonly unknown[]])[];
  /** What the terminal remembers of the order; null: it is gone. */
  readonly order?: { readonly id: number; readonly known: OwnOrder | null };
}

export interface OwnOrder {
  readonly customer: number;
  readonly price: string;
}

/** Orders that a terminal made and nobody else writes. */
export type OwnOrders = Map<number, OwnOrder>;

let lastOrder = 1000;

/** Chooses what the terminal `index` of `count` does next; each writes customers and orders of its own. */
export function chooseWrite(own: OwnOrders, index: number, count: number, random: Random): Write {
  const customer = 1 + index + count * random.below(Math.floor((CUSTOMERS - 1 - index) / count) + 1);
  const price = `${random.between(1, 999)}.${random.between(10, 99)}`;
  const dice = random.below(100);
  if (dice < 20) return toRename(customer, random);
  if (dice < 25) return toMove(customer, random);
  if (dice < 28) return toProductRename(customer, random);
  if (own.size === 0 || (dice < 55 && own.size < ORDERS_PER_TERMINAL)) return toSale(customer, price, random);
  const [id, known] = random.pick([...own]);
  if (dice < 64)
    return toOrderWrite(
      id,
      { ...known, price },
      "update orderline set unit_price = ? where order_id = ?",
      price,
    );
  if (dice < 69)
    return toOrderWrite(
      id,
      known,
      "update `order` set date_placed = ? where order_id = ?",
      random.pick(DAYS),
    );
  if (dice < 73)
    return toOrderWrite(id, known, "update `order` set status = ? where order_id = ?", "cancelled");
  if (dice < 85) {
    const to = 1 + random.below(CUSTOMERS);
    return toOrderWrite(
      id,
      { ...known, customer: to },
      "update `order` set customer_id = ? where order_id = ?",
      to,
    );
  }
  return {
    row: `order ${id}`,
    state: GONE,
    statements: [
      ["delete from orderline where order_id = ?", [id]],
      ["delete from `order` where order_id = ?", [id]],
    ],
    order: { id, known: null },
  };
}

function toRename(customer: number, random: Random): Write {
  const state = `N${random.below(1_000_000_000)}`;
  return {
    row: `customer ${customer}`,
    state,
    statements: [["update customer set last_name = ? where customer_id = ?", [state, customer]]],
  };
}

/** To another city, and with another name: a document of a state each loses and gains what the customer ordered. */
function toMove(customer: number, random: Random): Write {
  const rename = toRename(customer, random);
  return {
    ...rename,
    statements: [
      [
        "update customer set last_name = ?, zip = ? where customer_id = ?",
        [rename.state, random.pick(ZIPS), customer],
      ],
    ],
  };
}

/** A product is in the documents of all its buyers: a fan-out. The same transaction renames a customer. */
function toProductRename(customer: number, random: Random): Write {
  const rename = toRename(customer, random);
  const product = 1 + random.below(PRODUCTS);
  const statement = [
    "update product set name = ? where product_id = ?",
    [`P${rename.state}`, product],
  ] as const;
  return { ...rename, statements: [...rename.statements, statement] };
}

function toSale(customer: number, price: string, random: Random): Write {
  lastOrder += 1;
  const id = lastOrder;
  const known = { customer, price };
  return {
    row: `order ${id}`,
    state: toOrderState(customer, price),
    statements: [
      ["insert into `order` (order_id, customer_id) values (?, ?)", [id, customer]],
      [
        "insert into orderline (order_id, product_id, quantity, unit_price) values (?, ?, ?, ?)",
        [id, 1 + random.below(PRODUCTS), random.between(1, 5), price],
      ],
    ],
    order: { id, known },
  };
}

const toOrderWrite = (id: number, known: OwnOrder, sql: string, value: unknown): Write => ({
  row: `order ${id}`,
  state: toOrderState(known.customer, known.price),
  statements: [[sql, [value, id]]],
  order: { id, known },
});

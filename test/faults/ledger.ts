import { MongoClient } from "mongodb";

/** State of a row that is not there. */
export const GONE = "gone";

/** An order as the ledger writes it: whose it is, and the price paid for its one product. */
export const toOrderState = (customerId: number, unitPrice: unknown): string =>
  `${customerId} at ${unitPrice}`;

type Rows = ReadonlyMap<string, ReadonlySet<string>>;

/** What the shop's terminals know of the rows that they wrote. */
export interface Ledger {
  /** Changes that MariaDB acknowledged. */
  readonly acknowledged: number;
  note(row: string, state: string): void;
  /** A connection was lost before the answer: it may have happened or not. */
  doubt(row: string, state: string): void;
  copy(): Rows;
  /** The shop goes on from a backup: what was sold since is gone, and everybody knows. */
  restore(copy: Rows): void;
  /** Rows that the mirror shows in none of the states that they may have. */
  findLost(mongodbUrl: string): Promise<readonly string[]>;
}

/** An empty one. Each row has one state, or several when in doubt. */
export function createLedger(): Ledger {
  let rows = new Map<string, ReadonlySet<string>>();
  let acknowledged = 0;
  return {
    get acknowledged() {
      return acknowledged;
    },
    note(row, state) {
      rows.set(row, new Set([state]));
      acknowledged += 1;
    },
    doubt(row, state) {
      // A row that was never acknowledged before is an order that may not be there; a customer always is.
      const before = rows.get(row) ?? (row.startsWith("order") ? new Set([GONE]) : undefined);
      if (before) rows.set(row, new Set([...before, state]));
    },
    copy: () => new Map(rows),
    restore(copy) {
      rows = new Map(copy);
    },
    async findLost(mongodbUrl) {
      const mirrored = await readMirrored(mongodbUrl);
      return [...rows]
        .filter(([row, states]) => !states.has(mirrored.get(row) ?? GONE))
        .map(([row, states]) => `${row}: ${[...states].join(" or ")}, mirror: ${mirrored.get(row) ?? GONE}`);
    },
  };
}

async function readMirrored(mongodbUrl: string): Promise<ReadonlyMap<string, string>> {
  const client = new MongoClient(mongodbUrl);
  try {
    const mirrored = new Map<string, string>();
    const alive = { _del: { $exists: false } };
    const routes = client.db().collection<{ _id: string; reads: { collection: string } }>("_vitrine_routes");
    const read = async (model: string) => {
      const route = await routes.findOne({ _id: model });
      return client
        .db()
        .collection(route?.reads.collection ?? model)
        .find(alive);
    };
    for await (const one of await read("customer_orders"))
      mirrored.set(`customer ${one.customerId}`, String(one.lastName));
    for await (const one of await read("order_details"))
      mirrored.set(`order ${one.orderId}`, toOrderState(one.buyer.customerId, one.items[0]?.unitPrice));
    return mirrored;
  } finally {
    await client.close();
  }
}

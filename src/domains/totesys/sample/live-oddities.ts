import type { LiveEvent, LiveWrite } from "../../../models/project.ts";
import { createRandom } from "../../../models/sample-random.ts";
import { createOrder } from "./create-orders.ts";
import type { EventQueue } from "./event-queue.ts";
import { fixedCounts } from "./fixed-rows.ts";
import { dayLength, printDay, printMoment } from "./sample-moments.ts";

/** The signal of an order's text date that is no day. */
const textIsNoDay = 33_001;
/** Added one after the other, those that are not there yet. */
const newCurrencies = ["JPY", "CHF", "SEK", "NOK", "DKK"] as const;
/** One of it every so many days. */
const every = { move: 3, address: 5, currency: 8, "invalid date": 2 } as const;

interface Start {
  readonly at: number;
  /** The last currency. */
  readonly currency: number;
  /** Codes of all currencies. */
  readonly currencies: readonly string[];
  readonly nextSale: () => number;
}

/** Queues what seldom happens, again and again. */
export function createOddities(
  seed: number,
  { at, currency, currencies, nextSale }: Start,
  queue: EventQueue,
): void {
  const again = (
    what: keyof typeof every,
    n: number,
    toParts: (n: number, moment: number) => Pick<LiveEvent, "writes" | "refused">,
    times = Number.POSITIVE_INFINITY,
  ) => {
    if (n >= times) return;
    const random = createRandom(seed, 115, what.length, n);
    queue.add(at + (n + 0.2 + 0.6 * random.next()) * every[what] * dayLength, (moment) => {
      again(what, n + 1, toParts, times);
      return { at: moment, what, ...toParts(n, moment) };
    });
  };
  again("move", 0, (n, moment) => {
    const random = createRandom(seed, 116, n);
    const values = {
      legal_address_id: random.whole(1, fixedCounts.address),
      last_updated: printMoment(moment),
    };
    return { writes: [toUpdate("counterparty", random.whole(1, fixedCounts.counterparty), values)] };
  });
  again("address", 0, (n, moment) => {
    const random = createRandom(seed, 117, n);
    const values = {
      address_line_1: `${random.whole(1000, 9999)} New Road`,
      last_updated: printMoment(moment),
    };
    return { writes: [toUpdate("address", random.whole(1, fixedCounts.address), values)] };
  });
  const missing = newCurrencies.filter((code) => !currencies.includes(code));
  const addCurrency = (n: number, moment: number): Pick<LiveEvent, "writes"> => {
    const told = { created_at: printMoment(moment), last_updated: printMoment(moment) };
    const row = { currency_id: currency + n + 1, currency_code: missing[n] ?? "", ...told };
    return { writes: [{ kind: "insert", table: "currency", key: {}, values: row }] };
  };
  again("currency", 0, addCurrency, missing.length);
  again("invalid date", 0, (_n, moment) => {
    const { row } = createOrder(seed, "sales", { id: nextSale(), createdAt: moment, designs: 1 });
    const values = { ...row, agreed_delivery_date: `${printDay(moment).slice(0, 4)}-02-30` };
    return { writes: [{ kind: "insert", table: "sales_order", key: {}, values }], refused: textIsNoDay };
  });
}

const toUpdate = (table: string, id: number, values: LiveWrite["values"]): LiveWrite => ({
  ...{ kind: "update", table, key: { [`${table}_id`]: id }, values },
});

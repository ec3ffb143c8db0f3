import type { LiveEvent, LiveOptions, LiveSample, LiveWrite } from "../../../models/project.ts";
import { createRandom } from "../../../models/sample-random.ts";
import {
  createOrder,
  type OrderKind,
  printMoney,
  type SampleOrder,
  toPayment,
  toTransaction,
} from "./create-orders.ts";
import { createQueue, type EventQueue } from "./event-queue.ts";
import { createOddities } from "./live-oddities.ts";
import { dayLength, printMoment } from "./sample-moments.ts";

/** As in the field. */
const perDay = { sales: 21, purchase: 9 } as const;
const chances = { changed: 0.025, deleted: 0.002, refunded: 0.01 } as const;
/** The types of a payment that is given back. */
const refundTypes = { sales: 2, purchase: 4 } as const;

/** The ids from which new rows go on. */
interface NextIds {
  sales: number;
  purchase: number;
  transaction: number;
}

/**
 * The back office goes on: sales and purchases come in, payments are made after 0.5 to 6 days, some orders are changed (a part
 * of them twice within a minute), some are deleted, some payments are given back; counterparties move, currencies are
 * added, and clerks type days that are none, which the database refuses. Payments that are open at the start are made too.
 * Holds what is to come of the last days' orders.
 */
function* createEvents(
  from: Readonly<Record<string, unknown>>,
  { seed, at }: LiveOptions,
): Generator<LiveEvent> {
  const number = (name: string) => Number(from[name] ?? 0);
  const next: NextIds = {
    sales: number("sales") + 1,
    purchase: number("purchase") + 1,
    transaction: number("transaction") + 1,
  };
  const queue = createQueue();
  const comeIn = (kind: OrderKind, after: number) => {
    const gap = -Math.log(1 - createRandom(seed, kind === "sales" ? 111 : 112, next[kind]).next());
    queue.add(after + (gap * dayLength) / perDay[kind], (moment) => {
      const order = createOrder(seed, kind, {
        id: next[kind]++,
        createdAt: Math.floor(moment),
        designs: number("designs"),
      });
      comeIn(kind, moment);
      return toArrival(seed, next.transaction++, order, queue);
    });
  };
  comeIn("sales", at);
  comeIn("purchase", at);
  for (const payment of readOpenPayments(from.unpaid)) {
    const { paidAt } = createOrder(seed, payment.kind, { ...payment, designs: number("designs") });
    queue.add(Math.max(paidAt, at), (moment) => ({
      ...{ at: moment, what: "payment" },
      writes: [toPaid(payment.paymentId, printMoment(moment))],
    }));
  }
  const currencies: readonly string[] = JSON.parse(String(from.currencies ?? "[]"));
  const start = { at, currency: number("currency"), currencies, nextSale: () => next.sales };
  createOddities(seed, start, queue);
  for (;;) yield queue.next();
}

const insert = (table: string, row: LiveWrite["values"]): LiveWrite => ({
  kind: "insert",
  table,
  key: {},
  values: row,
});
const update = (table: string, id: number, values: LiveWrite["values"]): LiveWrite => ({
  ...{ kind: "update", table, key: { [`${table}_id`]: id }, values },
});
const remove = (table: string, id: number): LiveWrite => ({
  ...{ kind: "delete", table, key: { [`${table}_id`]: id }, values: {} },
});

const toPaid = (id: number, moment: string): LiveWrite =>
  update("payment", id, { paid: true, payment_date: moment.slice(0, 10), last_updated: moment });

interface OpenPayment {
  readonly paymentId: number;
  readonly kind: OrderKind;
  /** Of the order. */
  readonly id: number;
  readonly createdAt: number;
}

/** Payments that are not made yet, in the order of their ids: nobody else remembers them. */
const readOpenPayments = (text: unknown): readonly OpenPayment[] =>
  (JSON.parse(String(text ?? "[]")) as readonly (readonly (number | null)[])[])
    .map(([paymentId, createdAt, sale, purchase]): OpenPayment => {
      const order =
        sale === null ? { kind: "purchase" as const, id: purchase } : { kind: "sales" as const, id: sale };
      return { paymentId: paymentId ?? 0, createdAt: createdAt ?? 0, kind: order.kind, id: order.id ?? 0 };
    })
    .sort((left, right) => left.paymentId - right.paymentId);

/** An order comes in with its transaction and payment, and what is to become of them is queued. */
function toArrival(seed: number, dealt: number, order: SampleOrder, queue: EventQueue): LiveEvent {
  const { kind, id, createdAt, paidAt } = order;
  const table = `${kind}_order`;
  const random = createRandom(seed, kind === "sales" ? 113 : 114, id);
  const deletedAt = random.chance(chances.deleted)
    ? createdAt + random.whole(1, 48) * 3_600_000
    : Number.POSITIVE_INFINITY;
  const later = (at: number, what: string, toWrites: (moment: string) => readonly LiveWrite[]) => {
    if (at < deletedAt) queue.add(at, () => ({ at, what, writes: toWrites(printMoment(at)) }));
  };
  later(paidAt, "payment", (moment) => [toPaid(dealt, moment)]);
  if (random.chance(chances.refunded))
    later(paidAt + random.whole(1, 72) * 3_600_000, "refund", (moment) => [
      update("payment", dealt, { payment_type_id: refundTypes[kind], last_updated: moment }),
    ]);
  if (random.chance(chances.changed)) {
    let at = createdAt;
    for (let n = random.whole(1, 3); n > 0; n--) {
      // Somebody who has just changed it has forgotten something.
      const isHasty = at > createdAt && random.chance(0.5);
      at += isHasty ? random.whole(1000, 50_000) : random.whole(60_000, dayLength / 2);
      const units = random.whole(1, 1000);
      const cents = Math.round(Number(order.row.unit_price ?? order.row.item_unit_price) * 100);
      later(at, isHasty ? "change within a minute" : "change", (moment) => [
        update(table, id, {
          [kind === "sales" ? "units_sold" : "item_quantity"]: units,
          last_updated: moment,
        }),
        update("payment", dealt, { payment_amount: printMoney(units * cents) }),
      ]);
    }
  }
  if (Number.isFinite(deletedAt))
    queue.add(deletedAt, () => ({
      ...{ at: deletedAt, what: "delete" },
      writes: [remove("payment", dealt), remove("transaction", dealt), remove(table, id)],
    }));
  const writes = [
    insert(table, order.row),
    insert("transaction", toTransaction(dealt, order)),
    insert("payment", toPayment(seed, dealt, order, createdAt)),
  ];
  return { at: createdAt, what: kind === "sales" ? "sale" : "purchase", writes };
}

/** How the sample of the back office goes on. It writes to the tables: files could tell no delete, nor the first of two changes. */
export const totesysLive: LiveSample = {
  from: `select
      (
        select timestampdiff(microsecond, '1970-01-01', coalesce(max(last_updated), utc_timestamp(3))) div 1000
        from payment
      ) as at,
      (select coalesce(max(sales_order_id), 0) from sales_order for system_time all) as sales,
      (select coalesce(max(purchase_order_id), 0) from purchase_order for system_time all) as purchase,
      (select coalesce(max(transaction_id), 0) from \`transaction\` for system_time all) as transaction,
      (select coalesce(max(currency_id), 0) from currency for system_time all) as currency,
      (select json_arrayagg(currency_code) from currency) as currencies,
      (
        select json_arrayagg(json_array(
          payment.payment_id,
          timestampdiff(microsecond, '1970-01-01', payment.created_at) div 1000,
          dealt.sales_order_id,
          dealt.purchase_order_id
        ))
        from payment
        join \`transaction\` as dealt on dealt.transaction_id = payment.transaction_id
        where payment.paid = 0
      ) as unpaid,
      (select coalesce(max(design_id), 0) from design) as designs`,
  events: createEvents,
};

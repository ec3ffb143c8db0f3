import { createRandom, type Random } from "../../../models/sample-random.ts";
import { fixedCounts } from "./fixed-rows.ts";
import type { SampleRow } from "./sample-file.ts";
import { dayLength, printDay, printMoment } from "./sample-moments.ts";

export type OrderKind = "sales" | "purchase";

/** An order with the payment for it: what it is depends on seed, kind and number alone. */
export interface SampleOrder {
  readonly kind: OrderKind;
  readonly id: number;
  readonly createdAt: number;
  /** The columns of its table, last_updated being created_at. */
  readonly row: SampleRow;
  readonly counterpartyId: number;
  readonly currencyId: number;
  /** `1234.50` */
  readonly amount: string;
  /** When it is paid: 0.5 to 6 days later. */
  readonly paidAt: number;
  readonly agreedPaymentDate: string;
}

/** The order of a number that is made at a moment. */
export function createOrder(
  seed: number,
  kind: OrderKind,
  { id, createdAt, designs }: { readonly id: number; readonly createdAt: number; readonly designs: number },
): SampleOrder {
  const random = createRandom(seed, kind === "sales" ? 96 : 97, id);
  const [units, cents] =
    kind === "sales"
      ? [random.whole(1000, 100_000), random.whole(200, 400)]
      : [random.whole(1, 1000), random.whole(100, 99_999)];
  const party = {
    staff_id: random.whole(1, fixedCounts.staff),
    counterparty_id: random.whole(1, fixedCounts.counterparty),
  };
  const currencyId = random.whole(1, fixedCounts.currency);
  const agreedPaymentDate = printDay(createdAt + random.whole(1, 6) * dayLength);
  const price = printMoney(cents);
  const terms = {
    currency_id: currencyId,
    agreed_delivery_date: printDay(createdAt + random.whole(1, 6) * dayLength),
    agreed_payment_date: agreedPaymentDate,
    agreed_delivery_location_id: random.whole(1, fixedCounts.address),
    created_at: printMoment(createdAt),
    last_updated: printMoment(createdAt),
  };
  const row: SampleRow =
    kind === "sales"
      ? {
          ...{ sales_order_id: id, design_id: random.whole(1, designs), ...party },
          ...{ units_sold: units, unit_price: price, ...terms },
        }
      : {
          ...{ purchase_order_id: id, ...party, item_code: toItemCode(random) },
          ...{ item_quantity: units, item_unit_price: price, ...terms },
        };
  return {
    ...{ kind, id, createdAt, row, counterpartyId: party.counterparty_id, currencyId },
    amount: printMoney(units * cents),
    paidAt: createdAt + Math.round((0.5 + 5.5 * random.next()) * dayLength),
    agreedPaymentDate,
  };
}

/** The transaction of an order. */
export const toTransaction = (id: number, order: SampleOrder): SampleRow => ({
  transaction_id: id,
  transaction_type: order.kind === "sales" ? "SALE" : "PURCHASE",
  sales_order_id: order.kind === "sales" ? order.id : null,
  purchase_order_id: order.kind === "purchase" ? order.id : null,
  created_at: printMoment(order.createdAt),
  last_updated: printMoment(order.createdAt),
});

/** The payment of a transaction, as it stands at a moment. */
export function toPayment(seed: number, id: number, order: SampleOrder, now: number): SampleRow {
  const random = createRandom(seed, 98, id);
  const isPaid = order.paidAt <= now;
  return {
    payment_id: id,
    transaction_id: id,
    counterparty_id: order.counterpartyId,
    payment_amount: order.amount,
    currency_id: order.currencyId,
    payment_type_id: order.kind === "sales" ? 1 : 3,
    paid: isPaid,
    payment_date: isPaid ? printDay(order.paidAt) : order.agreedPaymentDate,
    company_ac_number: 67_305_075,
    counterparty_ac_number: random.whole(10_000_000, 99_999_999),
    created_at: printMoment(order.createdAt),
    last_updated: printMoment(isPaid ? order.paidAt : order.createdAt),
  };
}

export const printMoney = (cents: number): string =>
  `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;

const toItemCode = (random: Random): string =>
  Array.from({ length: 7 }, () => random.pick([..."ABCDEFGHJKLMNPQRSTUVWXYZ23456789"])).join("");

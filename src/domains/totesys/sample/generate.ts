import type { GeneratedFile, GenerateOptions } from "../../../models/project.ts";
import { createPermutation, createRandom } from "../../../models/sample-random.ts";
import { createOrder, type OrderKind, type SampleOrder, toPayment, toTransaction } from "./create-orders.ts";
import { createFixedRows, generateRates } from "./fixed-rows.ts";
import { type SampleRow, toSampleFile } from "./sample-file.ts";
import { dayLength, printMoment } from "./sample-moments.ts";

/** As in the field: 21 sales and 9 purchases a day for 524 days. */
const atScale1 = { sales: 11_000, purchase: 4600, design: 473 } as const;
const days = 524;
/** One line of dirt after each so many good ones. */
const faultEvery = 500;
const designNames = "Wooden,Bronze,Soft,Rubber,Fresh,Granite,Cotton,Metal,Steel,Frozen,Plastic".split(",");

/**
 * The files of the back office at a moment, lazily and in constant memory; equal options give equal bytes. Unless `clean`, with
 * the dirt that occurs: rows in no order, `NULL`, ids as `7.0`, misspelt places, days that are none, references to nothing,
 * ids that come again, transactions of no order, a rate of zero.
 */
export function generateTotesys({ scale, seed, clean, end }: GenerateOptions): readonly GeneratedFile[] {
  const endsAt = Date.parse(`${end ?? new Date().toISOString().slice(0, 10)}T00:00:00Z`);
  const start = endsAt - days * dayLength;
  const count = (n: number): number => Math.max(2, Math.round(n * scale));
  const counts = {
    sales: count(atScale1.sales),
    purchase: count(atScale1.purchase),
    design: count(atScale1.design),
  };
  const fixed = createFixedRows(seed, start, clean);
  const orderOf = (kind: OrderKind, id: number): SampleOrder | undefined => {
    const random = createRandom(seed, kind === "sales" ? 99 : 100, id);
    const createdAt = Math.floor(start + ((id - 1 + random.next()) * days * dayLength) / counts[kind]);
    // Some have been deleted, with all that was of them.
    return random.chance(0.002)
      ? undefined
      : createOrder(seed, kind, { id, createdAt, designs: counts.design });
  };
  /** Transactions have the numbers of their sales, then those of their purchases behind. */
  const dealtOf = (id: number): SampleOrder | undefined =>
    id <= counts.sales ? orderOf("sales", id) : orderOf("purchase", id - counts.sales);
  const dealt = counts.sales + counts.purchase;
  const rows =
    (many: number, kind: number, toRow: (id: number) => SampleRow | undefined, dirt: readonly SampleRow[]) =>
    () =>
      generateRows(many, clean ? undefined : createPermutation(many, seed, kind), toRow, clean ? [] : dirt);
  const orders = (kind: OrderKind) =>
    rows(
      counts[kind],
      kind === "sales" ? 101 : 102,
      (id) => changed(seed, orderOf(kind, id), endsAt),
      dirtOfOrders(kind),
    );
  const file = (name: string, many: number, make: () => Iterable<SampleRow>) =>
    toSampleFile(name, many, make, clean);
  const of = (list: readonly SampleRow[]) => () => list;
  return [
    file("address.csv", fixed.address.length, of(fixed.address)),
    file("counterparty.csv", fixed.counterparty.length, of(fixed.counterparty)),
    file("currency.json", fixed.currency.length, of(fixed.currency)),
    file("currency_rate.csv", days * 4, () => generateRates(seed, start / dayLength, days, clean)),
    file("department.csv", fixed.department.length, of(fixed.department)),
    file(
      "design.ndjson",
      counts.design,
      rows(counts.design, 103, (id) => toDesign(seed, id, start), []),
    ),
    file("payment_type.json", fixed.payment_type.length, of(fixed.payment_type)),
    file("staff.csv", fixed.staff.length, of(fixed.staff)),
    file("sales_order.csv", counts.sales, orders("sales")),
    file("purchase_order.csv", counts.purchase, orders("purchase")),
    file(
      "transaction.csv",
      dealt,
      rows(
        dealt,
        104,
        (id) => told(dealtOf(id), (order) => toTransaction(id, order), clean),
        dirtOfTransactions,
      ),
    ),
    file(
      "payment.csv",
      dealt,
      rows(
        dealt,
        105,
        (id) => told(dealtOf(id), (order) => toPayment(seed, id, order, endsAt), clean),
        dirtOfPayments,
      ),
    ),
  ];
}

/** The rows from 1 to `many` in an order; after each so many one of dirt, with a number that no good one has. */
function* generateRows(
  many: number,
  order: ((index: number) => number) | undefined,
  toRow: (id: number) => SampleRow | undefined,
  dirt: readonly SampleRow[],
): Generator<SampleRow> {
  let pattern: SampleRow | undefined;
  for (let index = 0; index < many; index++) {
    const row = toRow((order?.(index) ?? index) + 1);
    if (row) yield row;
    pattern ??= row;
    const fault = dirt[Math.floor(index / faultEvery) % dirt.length];
    if (!fault || !pattern || index % faultEvery !== faultEvery - 1) continue;
    const [key = ""] = Object.keys(pattern);
    yield { ...pattern, [key]: 900_000_000 + Math.floor(index / faultEvery), ...fault };
  }
}

/** Two or three of a hundred orders were changed since. */
function changed(seed: number, order: SampleOrder | undefined, endsAt: number): SampleRow | undefined {
  if (!order) return undefined;
  const random = createRandom(seed, 106, order.kind === "sales" ? 1 : 2, order.id);
  const changedAt = order.createdAt + random.whole(60_000, 3 * dayLength);
  return random.chance(0.025) && changedAt <= endsAt
    ? { ...order.row, last_updated: printMoment(changedAt) }
    : order.row;
}

/** As a source tells rows of numbers that may be null: `7.0`. */
function told(
  order: SampleOrder | undefined,
  toRow: (order: SampleOrder) => SampleRow,
  clean: boolean,
): SampleRow | undefined {
  if (!order) return undefined;
  const row = toRow(order);
  if (clean || !("sales_order_id" in row)) return row;
  const decimal = (id: SampleRow[string] | undefined) => (id === null || id === undefined ? null : `${id}.0`);
  return {
    ...row,
    sales_order_id: decimal(row.sales_order_id),
    purchase_order_id: decimal(row.purchase_order_id),
  };
}

function toDesign(seed: number, id: number, start: number): SampleRow {
  const random = createRandom(seed, 107, id);
  const name = random.pick(designNames);
  return {
    design_id: id,
    design_name: name,
    file_location: random.pick(["/usr/bags", "/home/drawings", "/srv/designs"]),
    file_name: `${name.toLowerCase()}-${id}.json`,
    created_at: printMoment(start),
    last_updated: printMoment(start),
  };
}

const dirtOfOrders = (kind: OrderKind): readonly SampleRow[] => [
  { agreed_delivery_date: "2023-02-30" },
  { currency_id: 77 },
  { counterparty_id: 7777 },
  { [kind === "sales" ? "units_sold" : "item_quantity"]: -1 },
  { [`${kind}_order_id`]: "x1" },
];
const dirtOfTransactions: readonly SampleRow[] = [
  { sales_order_id: null, purchase_order_id: null },
  { sales_order_id: "888888.0", purchase_order_id: null, transaction_type: "SALE" },
];
const dirtOfPayments: readonly SampleRow[] = [
  { payment_date: "soon" },
  { paid: "maybe" },
  { transaction_id: 888_888 },
];

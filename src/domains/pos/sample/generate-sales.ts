import { createPermutation, createRandom, type Random } from "../../../models/sample-random.ts";

export interface SalesOptions {
  readonly seed: number;
  readonly scale: number;
  readonly clean: boolean;
  readonly products: number;
  /** Before which all orders are placed and shipped, in milliseconds since 1970. */
  readonly end: number;
}

/**
 * Who buys when, without a memory of what was sold: customers come in blocks of one pattern (4 % of them
 * buy nothing, the others 1 to 11 times), and block after block takes its turn, each in an order of its own.
 */
export function createSales(options: Pick<SalesOptions, "seed" | "scale">): {
  readonly customers: number;
  readonly orders: number;
  customerOf(order: number): number;
} {
  const { seed, scale } = options;
  const blocks = Math.max(1, Math.ceil(scale));
  const perBlock = Math.max(1, Math.round((8000 * scale) / blocks));
  const pattern: number[] = [];
  for (let customer = 0; customer < perBlock; customer++) {
    const random = createRandom(seed, 51, customer);
    if (customer % 25 === 24) continue;
    // 1 to 11, small numbers more often: 3.25 on average, which makes 25,000 orders of 8,000 customers.
    const orders = 1 + Math.floor(11 * random.next() ** 3.15);
    for (let i = 0; i < orders; i++) pattern.push(customer);
  }
  const turns = Array.from({ length: blocks }, (_, block) =>
    createPermutation(pattern.length, seed, 52, block),
  );
  return {
    customers: perBlock * blocks,
    orders: pattern.length * blocks,
    customerOf: (order) => {
      const block = order % blocks;
      const turn = turns[block]?.(Math.floor(order / blocks)) ?? 0;
      return block * perBlock + (pattern[turn] ?? 0);
    },
  };
}

const day = 24 * 3_600_000;
const faultEvery = 1000;
/** Of the orders: three years, whatever the end, so that another end moves all of them and changes none. */
const span = 3 * 365 * day;

/**
 * The gap before an order, in no unit: 1 to 4.7 at the start, less and less of it as business grows, to half.
 */
const gapBefore = (order: number, orders: number, random: Random): number =>
  (1 + 3.7 * random.next()) * (1 - order / (2 * orders));

/**
 * Lines of orders.csv, oldest first, of the three years up to the end. Those that would be shipped after it are
 * not shipped yet, nor is the last.
 */
export function* generateOrders(options: SalesOptions): Generator<string> {
  const { seed, clean, end } = options;
  const sales = createSales(options);
  let gaps = 0;
  for (let order = 0; order < sales.orders; order++)
    gaps += gapBefore(order, sales.orders, createRandom(seed, 61, order));
  let passed = 0;
  yield "OID,CID,Ordered,Shipped";
  for (let order = 0; order < sales.orders; order++) {
    const random = createRandom(seed, 61, order);
    passed += gapBefore(order, sales.orders, random);
    // A second at least before the end.
    const placed = end - span + Math.floor((passed / gaps) * (span - 1000));
    const shipped = placed + Math.round((2 + 16 * random.next()) * day);
    const isLast = order === sales.orders - 1;
    const isCancelled = random.chance(0.07) && !isLast;
    const fate = isCancelled ? "Cancelled" : isLast || shipped >= end ? "" : printTime(shipped);
    yield `${order},${sales.customerOf(order)},${printTime(placed)},${fate}`;
    if (!clean && order % faultEvery === faultEvery - 1)
      yield toFault(sales, Math.floor(order / faultEvery), printTime(placed));
  }
}

function toFault(
  sales: { readonly customers: number; readonly orders: number },
  n: number,
  time: string,
): string {
  const order = sales.orders + n;
  switch (n % 4) {
    case 0:
      return `${order},${sales.customers + 1_000_000},${time},`;
    case 1:
      return `${order},0,13/32/2006,`;
    case 2:
      return `${order},0,${time},soon`;
    default:
      return `${order},zero,${time},Cancelled`;
  }
}

/** Lines of orderlines.csv: one per unit sold, 1 to 5 products of 1 to 3 units per order. */
export function* generateOrderLines(options: SalesOptions): Generator<string> {
  const { seed, clean, products } = options;
  const sales = createSales(options);
  // The last 3 % of ranks are never sold; ranks are scattered over the ids.
  const sold = Math.max(1, Math.floor(products * 0.97));
  const productOf = createPermutation(products, seed, 71);
  yield "OID,PID";
  for (let order = 0; order < sales.orders; order++) {
    const random = createRandom(seed, 72, order);
    const chosen = new Set<number>();
    const count = random.pick([1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5, 5]);
    // The square makes best-sellers: the first 1 % of ranks have 10 % of the sales.
    for (let i = 0; i < count; i++) chosen.add(productOf(Math.floor(sold * random.next() ** 2)));
    for (const product of chosen) {
      const units = random.whole(1, 3);
      for (let unit = 0; unit < units; unit++) yield `${order},${product}`;
    }
    if (!clean && order % faultEvery === faultEvery - 1) {
      const n = Math.floor(order / faultEvery);
      yield n % 3 === 0
        ? `${sales.orders + 1_000_000},0`
        : n % 3 === 1
          ? `${order},${products + 1_000_000}`
          : `${order},x`;
    }
  }
}

const printTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

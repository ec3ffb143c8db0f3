import { createRandom } from "../../../models/sample-random.ts";

interface Sale {
  readonly product: number;
  readonly customer: number;
  readonly price: number;
  readonly quantity: number;
  /** `2021-12-31 23:59:59` */
  readonly time: string;
}

/** The sale of a row id: the same whichever file tells of it. Times grow with row ids, from 1 to the last. */
export type Sales = (rowId: number) => Sale;

/** Every so many sales one is sold twice: in the same second, and half-way between at another time. */
const twiceEvery = 500;
const productCount = 500;

export function createSales(options: {
  readonly seed: number;
  readonly scale: number;
  readonly firstYear: number;
  readonly lastId: number;
}): Sales {
  const { seed, scale, firstYear, lastId } = options;
  const start = Date.UTC(firstYear, 0);
  const gap = (Date.UTC(firstYear + 3, 0) - start) / lastId;
  const customers = Math.max(100, Math.round(20_000 * scale));
  const saleOf = (rowId: number): Sale => {
    const random = createRandom(seed, 81, rowId);
    const time = printTime(start + (rowId - 1 + random.next()) * gap);
    if (rowId % twiceEvery === 0) return saleOf(rowId - 1);
    if (rowId % twiceEvery === twiceEvery / 2) return { ...saleOf(rowId - 1), time };
    const product = random.whole(1, productCount);
    return {
      product,
      customer: random.whole(1, customers),
      price: createRandom(seed, 82, product).whole(15, 3000),
      quantity: random.whole(1, 5),
      time,
    };
  };
  return saleOf;
}

/** Lines of oltpdata.csv: what the till wrote, without header and row ids. */
export function* generateOltp(sales: Sales, count: number): Generator<string> {
  for (let rowId = 1; rowId <= count; rowId++) yield `${goodsOf(sales(rowId))},${sales(rowId).time}`;
}

/**
 * Lines of sales_olddata.csv (times to the minute; dirty: days before months in some), of sales_newdata.csv (no times)
 * and of sales.csv (a header; dirty: blanks before its names and before times).
 */
export function* generateSales(
  sales: Sales,
  kind: "old" | "new" | "all",
  { from, to, clean }: { readonly from: number; readonly to: number; readonly clean: boolean },
): Generator<string> {
  const blank = clean ? "" : " ";
  if (kind === "all")
    yield ["rowid", "product_id", "customer_id", "price", "quantity", "timestamp"].join(`,${blank}`);
  for (let rowId = from; rowId <= to; rowId++) {
    const sale = sales(rowId);
    const known = `${rowId},${goodsOf(sale)}`;
    const isSwapped = !clean && rowId % 7 === 0;
    if (kind === "new") yield known;
    else if (kind === "old") yield `${known},${toMinute(sale.time, isSwapped)}`;
    else yield `${known},${blank}${sale.time}`;
  }
}

const goodsOf = ({ product, customer, price, quantity }: Sale): string =>
  `${product},${customer},${price},${quantity}`;

function toMinute(time: string, isDayFirst: boolean): string {
  const [year, month, day] = time.slice(0, 10).split("-");
  return isDayFirst ? `${day}/${month}/${year}${time.slice(10, 16)}` : time.slice(0, 16);
}

const printTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

import { cents, divide, get, groupBy, index, money, sum } from "./group-by.ts";
import { deriveSales } from "./sales-oracle.ts";
import { type Line, type Order, type RowReader, readShop } from "./shop-rows.ts";

/**
 * The documents of the shop that only count: facts of sales and their groups, checks of orders, demand, trend and
 * segments, by plain loops over base tables. Like `deriveDocuments`, it shares nothing with the views.
 */
export async function deriveFigures(
  db: RowReader,
): Promise<Readonly<Record<string, ReadonlyMap<string, unknown>>>> {
  const shop = await readShop(db);
  const { products, orders, lines } = shop;
  const orderOf = new Map(orders.map((order) => [order.order_id, order]));
  const linesOf = groupBy(lines, (line) => line.order_id);
  const own = (order: Order) =>
    (linesOf.get(order.order_id) ?? []).toSorted((a, b) => a.product_id - b.product_id);
  const revenueOf = (order: Order) => sum(own(order).map(priceOf));
  const counted = orders.filter((order) => order.status !== "cancelled");

  return {
    ...deriveSales(shop),
    order_checks: index(orders, "order_id", (order) => ({
      orderId: order.order_id,
      customerId: order.customer_id,
      status: order.status,
      placedOn: dayOf(order),
      total: money(revenueOf(order) + cents(order.sales_tax)),
      largestQuantity: Math.max(0, ...own(order).map((line) => line.quantity)),
    })),
    product_demand: index(products, "product_id", (product) => {
      const sold = lines
        .filter((line) => line.product_id === product.product_id)
        .map((line) => ({ ...line, order: get(orderOf, line.order_id) }));
      const kept = sold.filter(({ order }) => order.status !== "cancelled");
      return {
        productId: product.product_id,
        name: product.name,
        buyers: new Set(sold.map(({ order }) => order.customer_id)).size,
        unitsSold: sum(kept.map((line) => line.quantity)),
        lastOrderOn:
          sold
            .map(({ order }) => dayOf(order))
            .sort()
            .at(-1) ?? null,
      };
    }),
    sales_trend: new Map(
      [...new Set(orders.map(monthOf))].map((month) => {
        const inMonth = (wanted: string) => counted.filter((order) => monthOf(order) === wanted);
        const previousMonth = monthBefore(month);
        const revenue = sum(inMonth(month).map(revenueOf));
        const previous = sum(inMonth(previousMonth).map(revenueOf));
        return [
          month,
          {
            month,
            revenue: money(revenue),
            orders: inMonth(month).length,
            previousMonth,
            previousRevenue: money(previous),
            change: money(revenue - previous),
            changePercent:
              previous === 0 ? null : money(divide(BigInt(revenue - previous) * 10_000n, BigInt(previous))),
          },
        ];
      }),
    ),
    customer_segments: deriveSegments(counted, revenueOf),
  };
}

const levels = [1, 2, 3];

/** 27 segments and ALL, from the orders that count. */
function deriveSegments(
  counted: readonly Order[],
  revenueOf: (order: Order) => number,
): ReadonlyMap<string, unknown> {
  const newest = counted.map(dayOf).sort().at(-1) ?? "";
  const buyers = [...groupBy(counted, (order) => order.customer_id).values()].map((bought) => {
    const orders = bought.length;
    const revenue = sum(bought.map(revenueOf));
    const lastOn = bought.map(dayOf).sort().at(-1) ?? "";
    const days = (Date.parse(newest) - Date.parse(lastOn)) / 86_400_000;
    const recency = days <= 365 ? 3 : days <= 1095 ? 2 : 1;
    const frequency = orders >= 5 ? 3 : orders >= 2 ? 2 : 1;
    const monetary = revenue >= 500_000 ? 3 : revenue >= 100_000 ? 2 : 1;
    return { segment: `R${recency}F${frequency}M${monetary}`, orders, revenue, lastOn };
  });
  const describe = (segment: string, scores: readonly (number | null)[], some: typeof buyers) => {
    const repeatCustomers = some.filter(({ orders }) => orders >= 2).length;
    const days = some.map(({ lastOn }) => lastOn).sort();
    const [recency, frequency, monetary] = scores;
    return {
      segment,
      recency,
      frequency,
      monetary,
      customers: some.length,
      repeatCustomers,
      repeatRate:
        some.length === 0 ? null : money(divide(BigInt(repeatCustomers) * 10_000n, BigInt(some.length))),
      orders: sum(some.map(({ orders }) => orders)),
      revenue: money(sum(some.map(({ revenue }) => revenue))),
      lastOrderFrom: days[0] ?? null,
      lastOrderTo: days.at(-1) ?? null,
    };
  };
  const segments = levels.flatMap((r) => levels.flatMap((f) => levels.map((m) => [r, f, m] as const)));
  return new Map([
    ["ALL", describe("ALL", [null, null, null], buyers)],
    ...segments.map((scores) => {
      const [r, f, m] = scores;
      const name = `R${r}F${f}M${m}`;
      const some = buyers.filter(({ segment }) => segment === name);
      return [name, describe(name, scores, some)] as const;
    }),
  ]);
}

const priceOf = (line: Line): number => cents(line.unit_price) * line.quantity;
const dayOf = (order: Order): string => order.date_placed.slice(0, 10);
const monthOf = (order: Order): string => order.date_placed.slice(0, 7);

/** `2024-01` → `2023-12` */
function monthBefore(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  const [y, m] = number === 1 ? [year - 1, 12] : [year, number - 1];
  return `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}`;
}

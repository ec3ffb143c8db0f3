import { cents, divide, get, groupBy, money, pick, sum } from "./group-by.ts";
import type { Line, Order, readShop } from "./shop-rows.ts";

type Shop = Awaited<ReturnType<typeof readShop>>;
/** A fact of sales before it is written down: money is a number of cents. */
type Fact = ReturnType<typeof listFacts>[number];

/** What was sold, and its groups that are kept ready, by plain loops over base tables. */
export function deriveSales(shop: Shop): Readonly<Record<string, ReadonlyMap<string, unknown>>> {
  const facts = listFacts(shop);
  return {
    sales: new Map(
      facts.map((fact) => [
        String(fact.saleId),
        { ...fact, saleId: Number(fact.saleId), revenue: money(fact.revenue), tax: money(fact.tax) },
      ]),
    ),
    sales_by_placed_on_month_state_status: rollUp(
      facts,
      ({ placedOn, state, status }) => ({ placedOnMonth: `${placedOn.slice(0, 7)}-01`, state, status }),
      (kept) => ({ orders: new Set(kept.map(({ orderId }) => orderId)).size }),
    ),
    sales_by_product_id: rollUp(
      facts,
      ({ productId }) => ({ productId }),
      () => ({}),
    ),
  };
}

/** The groups of facts by their key: cancelled orders make groups, and count in what is booked only. */
function rollUp(
  facts: readonly Fact[],
  keyOf: (fact: Fact) => Readonly<Record<string, string | number>>,
  more: (kept: readonly Fact[]) => object,
): ReadonlyMap<string, unknown> {
  const groups = groupBy(facts, (fact) => toGroupId(Object.values(keyOf(fact))));
  return new Map(
    [...groups].map(([groupId, booked]) => {
      const [first] = booked;
      const kept = booked.filter(({ status }) => status !== "cancelled");
      const document = {
        groupId,
        ...(first && keyOf(first)),
        revenue: money(sum(kept.map(({ revenue }) => revenue))),
        tax: money(sum(kept.map(({ tax }) => tax))),
        units: sum(kept.map(({ units }) => units)),
        ...more(kept),
        bookedRevenue: money(sum(booked.map(({ revenue }) => revenue))),
        bookedUnits: sum(booked.map(({ units }) => units)),
      };
      return [groupId, document];
    }),
  );
}

/** `["2024-05-01", "OH"]`: texts in a JSON array, as the server writes it. */
const toGroupId = (values: readonly (string | number)[]): string =>
  `[${values.map((value) => `"${value}"`).join(", ")}]`;

function listFacts({ cities, customers, orders, lines }: Shop) {
  const cityOf = new Map(cities.map((city) => [city.zip, city]));
  const customerOf = new Map(customers.map((customer) => [customer.customer_id, customer]));
  const linesOf = groupBy(lines, (line) => line.order_id);
  return orders.flatMap((order: Order) => {
    const own = (linesOf.get(order.order_id) ?? []).toSorted((a, b) => a.product_id - b.product_id);
    return shareTax(own, cents(order.sales_tax)).map(({ line, tax }) => ({
      saleId: BigInt(order.order_id) * 2n ** 32n + BigInt(line.product_id),
      orderId: order.order_id,
      productId: line.product_id,
      customerId: order.customer_id,
      status: order.status,
      placedOn: order.date_placed.slice(0, 10),
      placedHour: Number(order.date_placed.slice(11, 13)),
      ...pick(get(cityOf, get(customerOf, order.customer_id).zip), "state", "city", "zip"),
      revenue: priceOf(line),
      tax,
      units: line.quantity,
    }));
  });
}

/**
 * The tax of an order shared out to its lines: each gets what the tax of the lines up to it, rounded to cents, has
 * risen by. Nothing where there is nothing to pay for.
 */
function shareTax(
  lines: readonly Line[],
  tax: number,
): readonly { readonly line: Line; readonly tax: number }[] {
  const subtotal = BigInt(sum(lines.map(priceOf)));
  const taxUpTo = (running: bigint) => (subtotal === 0n ? 0 : divide(BigInt(tax) * running, subtotal));
  let running = 0n;
  return lines.map((line) => {
    const before = taxUpTo(running);
    running += BigInt(priceOf(line));
    return { line, tax: taxUpTo(running) - before };
  });
}

const priceOf = (line: Line): number => cents(line.unit_price) * line.quantity;

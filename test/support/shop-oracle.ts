import { cents, get, groupBy, index, money, pick, sum } from "./group-by.ts";
import { type Customer, type Order, type RowReader, readShop } from "./shop-rows.ts";

/**
 * The shop's documents, derived from its base tables by plain loops: an oracle that shares nothing with the
 * views. Money is a number of cents inside, and a JSON number outside.
 */
export async function deriveDocuments(
  db: RowReader,
): Promise<Readonly<Record<string, ReadonlyMap<string, unknown>>>> {
  const { cities, customers, products, orders, lines, history } = await readShop(db);
  const cityOf = new Map(cities.map((city) => [city.zip, city]));
  const customerOf = new Map(customers.map((customer) => [customer.customer_id, customer]));
  const productOf = new Map(products.map((product) => [product.product_id, product]));
  const orderOf = new Map(orders.map((order) => [order.order_id, order]));
  const linesOf = groupBy(lines, (line) => line.order_id);
  const ordersOf = groupBy(orders.toSorted(byPlaced), (order) => order.customer_id);
  const counted = orders.filter((order) => order.status !== "cancelled");
  const stateOf = (order: Order) => get(cityOf, get(customerOf, order.customer_id).zip).state;

  const items = (order: Order) =>
    (linesOf.get(order.order_id) ?? [])
      .toSorted((a, b) => a.product_id - b.product_id)
      .map((line) => ({
        productId: line.product_id,
        name: get(productOf, line.product_id).name,
        quantity: line.quantity,
        unitPrice: money(cents(line.unit_price)),
        lineTotal: money(cents(line.unit_price) * line.quantity),
      }));
  const receipt = (order: Order) => ({
    orderId: order.order_id,
    status: order.status,
    placedAt: toTime(order.date_placed),
    shippedAt: order.date_shipped && toTime(order.date_shipped),
    subtotal: money(revenueOf(order)),
    salesTax: money(cents(order.sales_tax)),
    total: money(revenueOf(order) + cents(order.sales_tax)),
  });
  const revenueOf = (order: Order) =>
    sum((linesOf.get(order.order_id) ?? []).map((line) => cents(line.unit_price) * line.quantity));
  const best = (some: readonly Order[], count: number) => {
    const sold = groupBy(
      some.flatMap((order) => linesOf.get(order.order_id) ?? []),
      (line) => line.product_id,
    );
    return [...sold]
      .map(([productId, own]) => ({
        productId,
        name: get(productOf, productId).name,
        units: sum(own.map((line) => line.quantity)),
        revenue: sum(own.map((line) => cents(line.unit_price) * line.quantity)),
      }))
      .sort((a, b) => b.revenue - a.revenue || a.productId - b.productId)
      .slice(0, count)
      .map((product) => ({ ...product, revenue: money(product.revenue) }));
  };
  const address = (customer: Customer) => {
    const second = (customer.address2 ?? "").replace(/^#+/, "");
    const city = get(cityOf, customer.zip);
    return {
      printedAddress1: customer.address1 + (second === "" ? "" : ` #${second}`),
      printedAddress2: `${city.city}, ${city.state}   ${city.zip}`,
    };
  };
  const name = (customer: Customer) => `${customer.first_name} ${customer.last_name}`;
  const states = [...new Set(cities.map((city) => city.state))];
  const months = [...new Set(orders.map((order) => order.date_placed.slice(0, 7)))];

  return {
    products: index(products, "product_id", (product) => ({
      productId: product.product_id,
      name: product.name,
      currentPrice: money(cents(product.current_price)),
      stock: product.available_quantity,
    })),
    customers: index(customers, "customer_id", (customer) => ({
      customerId: customer.customer_id,
      name: name(customer),
      firstName: customer.first_name,
      lastName: customer.last_name,
      ...pick(customer, "email", "phone", "address1", "address2"),
      ...pick(get(cityOf, customer.zip), "city", "state", "zip"),
    })),
    orders: index(orders, "order_id", (order) => {
      const placedOn = order.date_placed.slice(0, 10);
      return { ...receipt(order), customerId: order.customer_id, placedOn };
    }),
    customer_addresses: index(customers, "customer_id", (customer) => ({
      customerId: customer.customer_id,
      name: name(customer),
      ...address(customer),
    })),
    customer_orders: index(customers, "customer_id", (customer) => ({
      customerId: customer.customer_id,
      name: name(customer),
      firstName: customer.first_name,
      lastName: customer.last_name,
      ...address(customer),
      ...pick(get(cityOf, customer.zip), "city", "state", "zip"),
      orders: (ordersOf.get(customer.customer_id) ?? []).map((order) => ({
        ...receipt(order),
        items: items(order),
      })),
    })),
    order_details: index(orders, "order_id", (order) => ({
      ...receipt(order),
      buyer: { customerId: order.customer_id, name: name(get(customerOf, order.customer_id)) },
      items: items(order),
    })),
    product_buyers: index(products, "product_id", (product) => {
      const own = lines.filter((line) => line.product_id === product.product_id);
      const buyers = new Set(own.map((line) => get(orderOf, line.order_id).customer_id));
      return {
        productId: product.product_id,
        name: product.name,
        currentPrice: money(cents(product.current_price)),
        buyers: [...buyers]
          .sort((a, b) => a - b)
          .map((customerId) => ({ customerId, name: name(get(customerOf, customerId)) })),
      };
    }),
    product_price_history: index(products, "product_id", (product) => {
      const changes = history
        .filter((change) => change.product_id === product.product_id)
        .sort((a, b) => compare(a.changed_at, b.changed_at) || a.price_history_id - b.price_history_id)
        .map((change) => ({
          old: money(cents(change.old_price)),
          new: money(cents(change.new_price)),
          at: toTime(change.changed_at),
          delta: money(cents(change.new_price) - cents(change.old_price)),
        }));
      return { productId: product.product_id, name: product.name, changes, changeCount: changes.length };
    }),
    customer_lifetime_value: index(customers, "customer_id", (customer) => {
      const own = (ordersOf.get(customer.customer_id) ?? []).filter((order) => order.status !== "cancelled");
      const spend = sum(own.map(revenueOf));
      return {
        customerId: customer.customer_id,
        name: name(customer),
        lifetimeSpend: money(spend),
        orderCount: own.length,
        averageOrder:
          own.length === 0 ? null : money(Math.floor((2 * spend + own.length) / (2 * own.length))),
        firstOrderAt: own[0] ? toTime(own[0].date_placed) : null,
        lastOrderAt: own.at(-1) ? toTime(own.at(-1)?.date_placed ?? "") : null,
        topProducts: best(own, 3),
      };
    }),
    state_sales: new Map(
      states.map((state) => {
        const own = counted.filter((order) => stateOf(order) === state);
        const customers = new Set(own.map((order) => order.customer_id)).size;
        const revenue = money(sum(own.map(revenueOf)));
        return [state, { state, revenue, orders: own.length, customers, topProducts: best(own, 5) }];
      }),
    ),
    pending_shipments: new Map(
      states.map((state) => {
        const own = orders
          .filter((order) => order.status === "placed" && stateOf(order) === state)
          .sort(byPlaced);
        const waiting = own.map((order) => {
          const customer = get(customerOf, order.customer_id);
          return {
            ...pick(receipt(order), "orderId", "placedAt"),
            customerId: customer.customer_id,
            name: name(customer),
            ...pick(get(cityOf, customer.zip), "city", "zip"),
            total: receipt(order).total,
          };
        });
        return [
          state,
          { state, orderCount: own.length, oldest: waiting[0]?.placedAt ?? null, orders: waiting },
        ];
      }),
    ),
    monthly_sales: new Map(
      months.map((month) => {
        const own = counted.filter((order) => order.date_placed.startsWith(month));
        const buyers = new Set(own.map((order) => order.customer_id));
        const before = counted.filter((order) => order.date_placed < month);
        const known = new Set(before.map((order) => order.customer_id));
        return [
          month,
          {
            month,
            revenue: money(sum(own.map(revenueOf))),
            orders: own.length,
            units: sum(
              own.flatMap((order) => (linesOf.get(order.order_id) ?? []).map((line) => line.quantity)),
            ),
            newCustomers: [...buyers].filter((id) => !known.has(id)).length,
            returningCustomers: [...buyers].filter((id) => known.has(id)).length,
            topProducts: best(own, 5),
          },
        ];
      }),
    ),
  };
}

/** `2024-05-01 10:00:00.250` → `2024-05-01T10:00:00.250Z` */
const toTime = (text: string): string => `${text.replace(" ", "T").slice(0, 23)}Z`;
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const byPlaced = (a: Order, b: Order): number =>
  compare(a.date_placed, b.date_placed) || a.order_id - b.order_id;

import { readFile } from "node:fs/promises";

/** A lookup that the shop's programs or its people need: a statement, and the index that must serve it. */
export interface Lookup {
  readonly what: string;
  readonly sql: string;
  /** Index named as `table.key`; where two are as good, either. */
  readonly index: string | readonly [string, string];
  /** The index gives the order too. */
  readonly sorted?: boolean;
}

/** The select of sales_report, as its file has it, for these arguments. */
async function salesReport(from: string, to: string, product: string): Promise<string> {
  const file = await readFile("sql/procedures/pos/sales_report.sql", "utf8");
  const select = file.slice(file.indexOf("select\n"), file.lastIndexOf("end"));
  return select.replaceAll("in_from", from).replaceAll("in_to", to).replaceAll("in_product_id", product);
}

/** What pos.md, the views and the procedures look for, apart from the filters of the models. */
export const lookups: readonly Lookup[] = [
  {
    what: "names of the customers, sorted",
    sql: "select last_name, first_name from v_customer_names",
    index: "customer.customer_last_name_first_name_ix",
    sorted: true,
  },
  {
    what: "orders of a customer, oldest first",
    sql: "select order_id, date_placed from `order` where customer_id = 5 order by date_placed",
    index: "order.order_customer_id_date_placed_ix",
    sorted: true,
  },
  {
    what: "all orders, newest first",
    sql: "select order_id, placed_at from order_details order by placed_at desc, order_id desc limit 21",
    index: "placed.order_date_placed_ix",
    sorted: true,
  },
  {
    what: "products bought by a customer",
    sql: "select product_id, sum(units) from sales where customer_id = 5 and status <> 'cancelled' group by product_id",
    index: "order.order_customer_id_date_placed_ix",
  },
  {
    what: "products bought in a city",
    sql: "select product_id, sum(units) from sales where city = 'Houston' and status <> 'cancelled' group by product_id",
    index: "city.city_city_ix",
  },
  {
    what: "products bought in a state",
    sql: "select product_id, sum(units) from sales where state = 'TX' and status <> 'cancelled' group by product_id",
    index: "city.city_state_city_ix",
  },
  {
    what: "buyers of a product, for a recall",
    sql: "select customer_id, sum(units) from sales where product_id = 5 and status <> 'cancelled' group by customer_id",
    index: "line.orderline_product_id_ix",
  },
  {
    what: "demand of a state in a month",
    sql: `select product_id, sum(units) from sales where state = 'TX' and status <> 'cancelled'
      and placed_on >= '2005-03-01' and placed_on < '2005-04-01' group by product_id`,
    index: ["order.order_placed_on_ix", "city.city_state_city_ix"],
  },
  {
    what: "revenue of a month, day by day",
    sql: `select placed_on, sum(revenue) from sales where status <> 'cancelled'
      and placed_on >= '2005-03-01' and placed_on < '2005-04-01' group by placed_on`,
    index: "order.order_placed_on_ix",
  },
  {
    what: "sales_report of all products in a month",
    sql: await salesReport("date '2005-03-01'", "date '2005-03-31'", "null"),
    index: "o.order_placed_on_ix",
  },
  {
    what: "sales_report of one product over years",
    sql: await salesReport("date '2005-01-01'", "date '2030-12-31'", "7"),
    index: "l.orderline_product_id_ix",
  },
  {
    what: "suspicious orders by their total",
    sql: "select order_id, total from order_checks where total > 5000 order by total desc, order_id",
    index: "order.order_total_ix",
  },
  {
    what: "sales of a month",
    sql: "select * from monthly_sales where month = '2005-03'",
    index: "placed.order_placed_month_ix",
  },
  {
    what: "trend of a month",
    sql: "select * from sales_trend where month = '2005-03'",
    index: "placed.order_placed_month_ix",
  },
  {
    what: "orders of a state that wait to be shipped",
    sql: "select * from pending_shipments where state = 'TX'",
    index: ["placed.order_status_date_placed_ix", "placed.order_customer_id_date_placed_ix"],
  },
  {
    what: "orders that wait to be shipped, oldest first",
    sql: "select order_id, date_placed from `order` where status = 'placed' order by date_placed",
    index: "order.order_status_date_placed_ix",
    sorted: true,
  },
  {
    what: "sales of a state",
    sql: "select * from state_sales where state = 'TX'",
    index: "city.city_state_city_ix",
  },
  {
    what: "price history of a product",
    sql: "select * from product_price_history where product_id = 1",
    index: "history.price_history_product_id_ix",
  },
  {
    what: "one fact of the cube",
    sql: "select * from sales where sale_id = (select max(sale_id) from orderline)",
    index: "line.orderline_sale_id_uk",
  },
  {
    what: "orders whose tax changes with the rate of a zip",
    sql: "select o.order_id from customer c join `order` o on o.customer_id = c.customer_id where c.zip = '77002'",
    index: "c.customer_zip_ix",
  },
];

const computed = { why: "computed from other tables: it has no column, and AUTO asks the mirror" };
const addedUp = { why: "added up by the cube: every line would pay for an index, and nobody looks for it" };

/** The index that serves each filter of each model, or why there is none. */
export const filterIndexes: Readonly<Record<string, string | { readonly why: string }>> = {
  "customer_lifetime_value.lifetimeSpend": computed,
  "customer_lifetime_value.orderCount": computed,
  "customer_lifetime_value.averageOrder": computed,
  "customer_lifetime_value.firstOrderAt": computed,
  "customer_lifetime_value.lastOrderAt": computed,
  "customer_orders.firstName": "customer.customer_first_name_ix",
  "customer_orders.lastName": "customer.customer_last_name_first_name_ix",
  "customer_orders.city": "city.city_city_ix",
  "customer_orders.state": "city.city_state_city_ix",
  "customer_orders.zip": "customer.customer_zip_ix",
  "customers.firstName": "customer.customer_first_name_ix",
  "customers.lastName": "customer.customer_last_name_first_name_ix",
  "customers.city": "city.city_city_ix",
  "customers.state": "city.city_state_city_ix",
  "customers.zip": "customer.customer_zip_ix",
  "monthly_sales.revenue": computed,
  "order_checks.customerId": "order.order_customer_id_date_placed_ix",
  "order_checks.status": "order.order_status_date_placed_ix",
  "order_checks.placedOn": "order.order_placed_on_ix",
  "order_checks.total": "order.order_total_ix",
  "order_checks.largestQuantity": computed,
  "order_details.status": "placed.order_status_date_placed_ix",
  "order_details.placedAt": "placed.order_date_placed_ix",
  "order_details.shippedAt": "placed.order_date_shipped_ix",
  "order_details.total": "placed.order_total_ix",
  "orders.customerId": "placed.order_customer_id_date_placed_ix",
  "orders.status": "placed.order_status_date_placed_ix",
  "orders.placedAt": "placed.order_date_placed_ix",
  "orders.placedOn": "placed.order_placed_on_ix",
  "orders.shippedAt": "placed.order_date_shipped_ix",
  "orders.total": "placed.order_total_ix",
  "pending_shipments.orderCount": computed,
  "product_buyers.name": "product.product_name_ix",
  "product_buyers.currentPrice": "product.product_current_price_ix",
  "product_demand.name": "product.product_name_ix",
  "product_demand.buyers": computed,
  "product_price_history.name": "product.product_name_ix",
  "product_price_history.changeCount": computed,
  "products.name": "product.product_name_ix",
  "products.currentPrice": "product.product_current_price_ix",
  "products.stock": { why: "few products, and each sale writes it" },
  "sales.orderId": "line.PRIMARY",
  "sales.productId": "line.orderline_product_id_ix",
  "sales.customerId": "order.order_customer_id_date_placed_ix",
  "sales.status": "order.order_status_date_placed_ix",
  "sales.placedOn": "order.order_placed_on_ix",
  "sales.placedHour": { why: "one of 24: an index would leave a twenty-fourth of the orders to read" },
  "sales.state": "city.city_state_city_ix",
  "sales.city": "city.city_city_ix",
  "sales.zip": "customer.customer_zip_ix",
  "sales.revenue": addedUp,
  "sales.tax": computed,
  "sales.units": addedUp,
  "sales_trend.revenue": computed,
  "state_sales.revenue": computed,
};

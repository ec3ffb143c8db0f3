import { defineDomain } from "../project.ts";
import { customerOrders } from "./customer-orders.ts";
import { customerSegments } from "./customer-segments.ts";
import { generatePos } from "./generate.ts";
import { posImport } from "./import.ts";
import { orderChecks } from "./order-checks.ts";
import { orderDetails } from "./order-details.ts";
import { productBuyers } from "./product-buyers.ts";
import { productDemand } from "./product-demand.ts";
import { sales } from "./sales.ts";
import { salesTrend } from "./sales-trend.ts";

/** A furniture retailer's point of sale: who bought what, when, where and at which price. */
export const pos = defineDomain({
  name: "pos",
  description: "Point of sale of a furniture retailer: customers, products, orders.",
  models: [
    customerOrders,
    orderDetails,
    productBuyers,
    sales,
    salesTrend,
    orderChecks,
    customerSegments,
    productDemand,
  ],
  captured: [
    { table: "city", keys: ["state"] },
    { table: "customer" },
    // Every sale moves the stock, and no document shows it.
    { table: "product", ignore: ["available_quantity"] },
    { table: "order", keys: ["placed_month"] },
    { table: "orderline" },
    { table: "price_history" },
  ],
  import: posImport,
  generate: generatePos,
  examples: "examples/pos",
});

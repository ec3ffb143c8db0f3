// One line per model of the domain, in the order of the alphabet: what is exported here is a model.
export { customerOrders } from "./customer-orders.ts";
export { customerSegments } from "./customer-segments.ts";
export { orderChecks } from "./order-checks.ts";
export { orderDetails } from "./order-details.ts";
export { productBuyers } from "./product-buyers.ts";
export { productDemand } from "./product-demand.ts";
export { sales } from "./sales.ts";
export { salesTrend } from "./sales-trend.ts";

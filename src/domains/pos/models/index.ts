// One line per model of the domain, in the order of the alphabet: what is exported here is a model.
export { customer } from "./customer.ts";
export { customerAddresses } from "./customer-addresses.ts";
export { customerLifetimeValue } from "./customer-lifetime-value.ts";
export { customerOrders } from "./customer-orders.ts";
export { customerSegments } from "./customer-segments.ts";
export { monthlySales } from "./monthly-sales.ts";
export { order } from "./order.ts";
export { orderChecks } from "./order-checks.ts";
export { orderDetails } from "./order-details.ts";
export { pendingShipments } from "./pending-shipments.ts";
export { product } from "./product.ts";
export { productBuyers } from "./product-buyers.ts";
export { productDemand } from "./product-demand.ts";
export { productPriceHistory } from "./product-price-history.ts";
export { sales } from "./sales.ts";
export { salesTrend } from "./sales-trend.ts";
export { stateSales } from "./state-sales.ts";

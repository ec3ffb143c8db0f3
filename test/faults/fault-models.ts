import {
  customerOrders,
  monthlySales,
  orderDetails,
  pendingShipments,
  productBuyers,
  sales,
} from "../../src/models/pos/models.ts";

/**
 * What the loaders of a fault shop mirror: documents of one row, of many, and such as one write touches by dozens; the
 * facts of a cube; and such as wait for their pace and are keyed by what is derived: a state, and a month, which comes
 * and goes with its orders.
 */
export const faultModels = [
  customerOrders,
  orderDetails,
  productBuyers,
  pendingShipments,
  monthlySales,
  sales,
];

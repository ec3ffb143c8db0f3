import { customerOrders, orderDetails, productBuyers } from "../../src/models/pos/models.ts";

/** What the loaders of a fault shop mirror: documents of one row, of many, and such as one write touches by dozens. */
export const faultModels = [customerOrders, orderDetails, productBuyers];

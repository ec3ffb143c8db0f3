import { defineModel } from "../../../models/model.ts";
import { salesOrder } from "./sales-order.ts";

/** The facts of the cube as documents: looked up by number, listed in any order, followed through their versions. */
export const currentSalesOrder = defineModel({
  name: "fact_sales_order_current",
  typeName: "CurrentSalesOrder",
  description: "A sale as it stands.",
  key: "salesOrderId",
  unindexed: salesOrder.unindexed ?? [],
  fields: salesOrder.fields,
});

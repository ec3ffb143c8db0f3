import { defineModel } from "../../../models/model.ts";
import { purchaseOrder } from "./purchase-order.ts";

/** The facts of the cube as documents: looked up by number, listed in any order, followed through their versions. */
export const currentPurchaseOrder = defineModel({
  name: "fact_purchase_order_current",
  typeName: "CurrentPurchaseOrder",
  description: "A purchase as it stands.",
  key: "purchaseOrderId",
  unindexed: purchaseOrder.unindexed ?? [],
  fields: purchaseOrder.fields,
});

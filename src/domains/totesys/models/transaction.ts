import { enumeration, type FieldOptions, int, link } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** Whether a transaction is of a sale or a purchase; the table has a check constraint of the same values. */
export const transactionType = <const O extends FieldOptions = object>(options?: O) =>
  enumeration(
    "TransactionType",
    "Whether something was sold or bought.",
    { SALE: "Of a sales order.", PURCHASE: "Of a purchase order." },
    options,
  );

/** A dimension of payments. */
export const transaction = defineModel({
  name: "dim_transaction",
  typeName: "Transaction",
  description: "Which order a payment is for: a sale or a purchase.",
  key: "transactionId",
  fields: {
    transactionId: int("Number of the transaction."),
    transactionType: transactionType({ filter: true }),
    salesOrderId: int("Number of the sale; null for a purchase.", { nullable: true, filter: true }),
    purchaseOrderId: int("Number of the purchase; null for a sale.", { nullable: true, filter: true }),
    salesOrder: link("fact_sales_order_current", { key: "salesOrderId", description: "The sale." }),
    purchaseOrder: link("fact_purchase_order_current", {
      key: "purchaseOrderId",
      description: "The purchase.",
    }),
  },
});

import { date, dateTime, decimal, int, link } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { orderStatus } from "./order-status.ts";

/** Whose it is, and what has become of it; the receipt is behind a link. */
export const order = defineModel({
  name: "orders",
  typeName: "Order",
  description: "An order as it is: whose, what has become of it, and what it amounts to.",
  key: "orderId",
  fields: {
    orderId: int("Order number."),
    customerId: int("Customer number.", { filter: true }),
    status: orderStatus({ filter: true }),
    placedAt: dateTime("When it was placed, UTC.", { filter: true }),
    placedOn: date("Day on which it was placed, UTC.", { filter: true }),
    shippedAt: dateTime("When it was shipped, UTC; null when it is not shipped or was cancelled.", {
      filter: true,
      nullable: true,
    }),
    // No filters: each line that is sold writes both, and an index on them would be paid by every sale.
    subtotal: decimal("Sum of its lines, before tax.", 2),
    salesTax: decimal("Tax: subtotal × combined rate of the customer's zip, rounded half up.", 2),
    total: decimal("Subtotal and tax.", 2, { filter: true }),
    customer: link("customers", { key: "customerId", description: "Who ordered." }),
    details: link("order_details", { key: "orderId", description: "The receipt: buyer and items." }),
    checks: link("order_checks", { key: "orderId", description: "What makes it suspicious." }),
  },
});

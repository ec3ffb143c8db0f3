import { date, decimal, int, link } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { orderStatus } from "./order-status.ts";

/** Answers "which orders are suspicious" by filters: a total over an amount, or many of one product. */
export const orderChecks = defineModel({
  name: "order_checks",
  typeName: "OrderChecks",
  description: "What makes an order suspicious: its total and its largest quantity of one product.",
  key: "orderId",
  fields: {
    orderId: int("Order number."),
    customerId: int("Customer number.", { filter: true }),
    status: orderStatus({ filter: true }),
    placedOn: date("Day on which it was placed, UTC.", { filter: true }),
    total: decimal("Sum of its lines and tax.", 2, { filter: true }),
    largestQuantity: int("Most pieces of one product; 0 without lines.", { filter: true }),
    order: link("orders", { key: "orderId", description: "The order itself." }),
    details: link("order_details", { key: "orderId", description: "The order with its items." }),
    customer: link("customer_orders", { key: "customerId", description: "The buyer, with all orders." }),
  },
});

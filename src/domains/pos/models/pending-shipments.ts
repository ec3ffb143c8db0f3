import { dateTime, decimal, int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** What the warehouse still has to send, state by state. */
export const pendingShipments = defineModel({
  name: "pending_shipments",
  typeName: "PendingShipments",
  description: "The orders of a state that are neither shipped nor cancelled.",
  key: "state",
  every: "500ms",
  batch: 50,
  fields: {
    state: string("Two-letter state, e.g. `TX`."),
    orderCount: int("How many orders wait.", { filter: true }),
    oldest: dateTime("When the one that waits longest was placed, UTC; null when none waits.", {
      nullable: true,
    }),
    orders: list(
      "Oldest first; empty when none waits.",
      object("PendingOrder", "An order that waits to be shipped.", {
        orderId: int("Order number."),
        placedAt: dateTime("When it was placed, UTC.", { formerly: "placed" }),
        customerId: int("Customer number."),
        name: string("First and last name of the customer.", { pii: true }),
        city: string("City to which it goes."),
        zip: string("Five-digit zip to which it goes."),
        total: decimal("Subtotal and tax.", 2),
        order: link("orders", { key: "orderId", description: "The order itself." }),
        details: link("order_details", { key: "orderId", description: "The order with its items." }),
        customer: link("customer_orders", {
          key: "customerId",
          description: "The customer, with all of its orders.",
        }),
      }),
      { expected: 200 },
    ),
  },
});

import { dateTime, decimal, int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { orderItemFields } from "./order-item.ts";
import { orderStatus } from "./order-status.ts";

/** Every customer with all of its orders and their items: what the counter shows when a customer calls. */
export const customerOrders = defineModel({
  name: "customer_orders",
  typeName: "CustomerOrders",
  description:
    "A customer with all of its orders, oldest first, and their items. Money is the price paid, not today's.",
  key: "customerId",
  exportName: "cust",
  fields: {
    customerId: int("Customer number."),
    name: string("First and last name.", { pii: true }),
    firstName: string("First name.", { filter: true, pii: true }),
    lastName: string("Last name.", { filter: true, pii: true }),
    printedAddress1: string(
      "First address line as printed: street, then ` #` and the second street line if there is one.",
      {
        pii: true,
      },
    ),
    printedAddress2: string("Second address line as printed: `City, ST   ZZZZZ`.", { pii: true }),
    city: string("City of the customer's zip.", { filter: true }),
    state: string("Two-letter state of the customer's zip, e.g. `TX`.", { filter: true }),
    zip: string("Five-digit zip, with leading zeros.", { filter: true }),
    orders: list(
      "All orders, oldest first; cancelled ones are listed with their status. Empty when the customer never ordered.",
      object("CustomerOrder", "One order of a customer.", {
        orderId: int("Order number."),
        status: orderStatus(),
        placedAt: dateTime("When it was placed, UTC.", { formerly: "placed" }),
        shippedAt: dateTime("When it was shipped, UTC; null when it is not shipped or was cancelled.", {
          formerly: "shipped",
          nullable: true,
        }),
        subtotal: decimal("Sum of its lines, before tax.", 2),
        salesTax: decimal("Tax: subtotal × combined rate of the customer's zip, rounded half up.", 2),
        total: decimal("Subtotal and tax.", 2),
        items: list(
          "Its lines, one per product, by product number.",
          object("CustomerOrderItem", "One product of an order.", orderItemFields),
        ),
        details: link("order_details", {
          key: "orderId",
          description: "The order as a document of its own.",
        }),
        order: link("orders", { key: "orderId", description: "The order without its items." }),
      }),
    ),
    customer: link("customers", { key: "customerId", description: "How to reach the customer." }),
  },
});

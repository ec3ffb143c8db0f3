import { dateTime, decimal, int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { orderItemFields } from "./order-item.ts";
import { orderStatus } from "./order-status.ts";

/** One order with its buyer and items: a receipt. */
export const orderDetails = defineModel({
  name: "order_details",
  typeName: "OrderDetails",
  description: "One order with its buyer and its items: a receipt. Money is the price paid, not today's.",
  key: "orderId",
  exportName: "ord",
  fields: {
    orderId: int("Order number."),
    status: orderStatus({ filter: true }),
    placedAt: dateTime("When it was placed, UTC.", { filter: true, formerly: "placed" }),
    shippedAt: dateTime("When it was shipped, UTC; null when it is not shipped or was cancelled.", {
      formerly: "shipped",
      filter: true,
      nullable: true,
    }),
    // No filters: each line that is sold writes both, and an index on them would be paid by every sale.
    subtotal: decimal("Sum of its lines, before tax.", 2),
    salesTax: decimal("Tax: subtotal × combined rate of the buyer's zip, rounded half up.", 2),
    total: decimal("Subtotal and tax.", 2, { filter: true }),
    buyer: object("OrderBuyer", "Who ordered.", {
      customerId: int("Customer number."),
      name: string("First and last name.", { pii: true }),
    }),
    items: list(
      "Its lines, one per product, by product number.",
      object("OrderItem", "One product of the order.", orderItemFields),
    ),
    order: link("orders", { key: "orderId", description: "The order without its items." }),
    customer: link("customer_orders", {
      key: "buyer.customerId",
      description: "The buyer, with all of its orders.",
    }),
  },
});

import { dateTime, decimal, int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { topProductFields } from "./top-product.ts";

/** Whom to treat well. */
export const customerLifetimeValue = defineModel({
  name: "customer_lifetime_value",
  typeName: "CustomerLifetimeValue",
  description: "What a customer is worth: spend, orders, favourite products. Cancelled orders are left out.",
  key: "customerId",
  exportName: "custom2",
  fields: {
    customerId: int("Customer number."),
    name: string("First and last name.", { pii: true }),
    lifetimeSpend: decimal("Sum of all lines at the price paid, before tax; 0 without orders.", 2, {
      filter: true,
    }),
    orderCount: int("Orders, cancelled ones left out.", { filter: true }),
    averageOrder: decimal("Lifetime spend per order, rounded half up; null without orders.", 2, {
      filter: true,
      nullable: true,
    }),
    firstOrderAt: dateTime("When the first order was placed, UTC; null without orders.", {
      formerly: "firstOrder",
      filter: true,
      nullable: true,
    }),
    lastOrderAt: dateTime("When the newest order was placed, UTC; null without orders.", {
      formerly: "lastOrder",
      filter: true,
      nullable: true,
    }),
    topProducts: list(
      "The three products on which the customer spent most, most first.",
      object("CustomerTopProduct", "A favourite product of a customer.", topProductFields),
      { expected: 3 },
    ),
    customer: link("customer_orders", {
      key: "customerId",
      description: "The customer, with all of its orders.",
    }),
  },
});

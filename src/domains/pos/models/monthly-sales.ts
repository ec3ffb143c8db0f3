import { decimal, int, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { topProductFields } from "./top-product.ts";

/** How a month went. One month costs a pass over its orders, so changes are gathered for a second. */
export const monthlySales = defineModel({
  name: "monthly_sales",
  typeName: "MonthlySales",
  description: "What was sold in a calendar month (UTC), and to whom. Cancelled orders are left out.",
  key: "month",
  every: "1s",
  batch: 50,
  fields: {
    month: string("Month in which the orders were placed, `YYYY-MM`."),
    revenue: decimal("Sum of all lines at the price paid, before tax.", 2, { filter: true }),
    orders: int("Orders placed."),
    units: int("Pieces sold."),
    newCustomers: int("Customers who ordered this month and in no month before."),
    returningCustomers: int("Customers who ordered this month and in a month before."),
    topProducts: list(
      "The five products with most revenue, most first.",
      object("MonthTopProduct", "A best-selling product of a month.", topProductFields),
      { expected: 5 },
    ),
  },
});

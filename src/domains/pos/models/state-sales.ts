import { decimal, int, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { topProductFields } from "./top-product.ts";

/** Where the business is made. One state costs a pass over its orders, so changes are gathered for a second. */
export const stateSales = defineModel({
  name: "state_sales",
  typeName: "StateSales",
  description: "What the customers of a state bought. Cancelled orders are left out.",
  key: "state",
  every: "1s",
  batch: 20,
  exportName: "custom3",
  fields: {
    state: string("Two-letter state, e.g. `TX`."),
    revenue: decimal("Sum of all lines at the price paid, before tax.", 2, { filter: true }),
    orders: int("Orders placed."),
    customers: int("Distinct customers who ordered."),
    topProducts: list(
      "The five products with most revenue, most first.",
      object("StateTopProduct", "A best-selling product of a state.", topProductFields),
      { expected: 5 },
    ),
  },
});

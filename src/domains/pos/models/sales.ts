import { average, countDistinct, defineCube, sum } from "../../../models/cube.ts";
import { bigint, date, decimal, int, link, string } from "../../../models/field.ts";
import { orderStatus } from "./order-status.ts";

/** What was not called off: a measure that is to count everything says so by its name. */
const sold = { where: { status: { ne: "cancelled" } } } as const;

/**
 * What was sold, one fact per order line. The tax of an order is shared out to its lines to the cent
 * (view sale_line), so that it can be grouped by product and still adds up.
 */
export const sales = defineCube({
  name: "sales",
  typeName: "Sales",
  description:
    "What was sold: group it, add it up. Cancelled orders are facts too, under their status: the measures leave them out, save those that begin with `booked`.",
  key: "saleId",
  batch: 999,
  // The status has three values; the others are here to be counted and added up.
  unindexed: ["orderId", "status", "placedHour", "revenue", "tax", "units"],
  fields: {
    saleId: bigint("Number of the order line: order number × 2^32 + product number."),
    orderId: int("Order number.", { filter: true }),
    productId: int("Product number.", { filter: true, formerly: "product" }),
    customerId: int("Customer number.", { filter: true, formerly: "customer" }),
    status: orderStatus({ filter: true }),
    placedOn: date("Day on which the order was placed, UTC.", { filter: true, formerly: "orderedOn" }),
    placedHour: int("Hour of the day in which the order was placed, UTC, 0 to 23.", { filter: true }),
    state: string("Two-letter state of the customer.", { filter: true }),
    city: string("City of the customer.", { filter: true }),
    zip: string("Five-digit zip of the customer.", { filter: true }),
    revenue: decimal("Quantity × price paid, before tax.", 2, { filter: true }),
    tax: decimal("The line's share of its order's sales tax.", 2, { filter: true }),
    units: int("Pieces sold.", { filter: true }),
    productDocument: link("product_buyers", {
      key: "productId",
      description: "The product, with its buyers.",
    }),
    buyer: link("customers", { key: "customerId", description: "The customer, with how to reach them." }),
    customerDocument: link("customer_orders", {
      key: "customerId",
      description: "The customer, with its orders.",
    }),
  },
  dimensions: ["productId", "state", "city", "zip", "placedOn", "placedHour", "customerId", "status"],
  measures: {
    revenue: sum("revenue", "Sum of quantity × price paid, before tax; cancelled orders left out.", sold),
    tax: sum("tax", "Sales tax; cancelled orders left out.", sold),
    units: sum("units", "Pieces sold; cancelled orders left out.", sold),
    orders: countDistinct("orderId", "Distinct orders; cancelled ones left out.", {
      ...sold,
      within: ["customerId", "state", "city", "zip", "placedOn", "placedHour", "status"],
    }),
    customers: countDistinct("customerId", "Distinct customers with an order that is not cancelled.", {
      ...sold,
      within: ["state", "city", "zip"],
    }),
    averageOrder: average(
      "revenue",
      "orders",
      2,
      "Revenue per distinct order, rounded half up; cancelled orders left out, null without others.",
    ),
    bookedRevenue: sum(
      "revenue",
      "Sum of quantity × price, before tax, of all orders, cancelled ones among them.",
    ),
    bookedUnits: sum("units", "Pieces ordered, those of cancelled orders among them."),
  },
  people: "customers",
  rollups: [
    {
      by: ["placedOnMonth", "state", "status"],
      measures: ["revenue", "tax", "units", "averageOrder", "bookedRevenue", "bookedUnits"],
    },
    { by: ["productId"], measures: ["revenue", "tax", "units", "bookedRevenue", "bookedUnits"] },
  ],
});

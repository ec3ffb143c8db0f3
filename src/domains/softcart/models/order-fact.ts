import { average, count, defineCube, sum } from "../../../models/cube.ts";
import { bigint, date, decimal, int, link, string } from "../../../models/field.ts";

/** What was ordered, one fact per order: a star of days, countries and categories. */
export const orderFact = defineCube({
  name: "order_fact",
  typeName: "OrderFact",
  description: "Orders by day, country and category: group them, add them up.",
  key: "orderId",
  exportName: "fact_orders",
  batch: 999,
  // The day has an index as a date, country and category as numbers; the amount is there to be added up.
  unindexed: ["dateId", "countryName", "categoryName", "amount"],
  fields: {
    orderId: bigint("Order number."),
    dateId: int("Day of the order as a number: 20260131.", { filter: true }),
    placedOn: date("Day of the order.", { filter: true, formerly: "orderedOn" }),
    countryId: int("Country number.", { filter: true, formerly: "country" }),
    countryName: string("Name of the country.", { filter: true }),
    categoryId: int("Category number.", { filter: true, formerly: "category" }),
    categoryName: string("Name of the category.", { filter: true }),
    amount: decimal("What was paid.", 2, { filter: true }),
    dayDocument: link("day", { key: "dateId", description: "The day, with its week, month and quarter." }),
    countryDocument: link("country", { key: "countryId", description: "The country." }),
    categoryDocument: link("category", { key: "categoryId", description: "The category." }),
  },
  dimensions: ["placedOn", "dateId", "countryId", "countryName", "categoryId", "categoryName"],
  measures: {
    amount: sum("amount", "Sum of what was paid."),
    orders: count("How many orders there are."),
    averageAmount: average("amount", "orders", 2, "Amount per order, rounded half up."),
  },
  determinedBy: { countryName: "countryId", categoryName: "categoryId" },
  // One for all reports: thirty facts a group, so a group is quickly added up again.
  rollups: [{ by: ["placedOnMonth", "countryId", "categoryId"], measures: ["amount", "averageAmount"] }],
});

import { average, count, defineCube, sum } from "../../../models/cube.ts";
import { bigint, date, decimal, int, link, string } from "../../../models/field.ts";

/** What the shop on the web sold, one fact per line. */
export const ecommerce = defineCube({
  name: "ecommerce",
  typeName: "Ecommerce",
  description: "Sales of the shop on the web by day, category and item: group them, add them up.",
  key: "ecommerceId",
  exportName: "fact_ecommerce",
  batch: 999,
  // The day has an index as a date, the item as a number; the price is there to be added up.
  unindexed: ["dateId", "categoryName", "itemName", "price"],
  fields: {
    ecommerceId: bigint("Number of the line."),
    dateId: int("Day of the sale as a number: 20260131.", { filter: true }),
    soldOn: date("Day of the sale.", { filter: true }),
    categoryName: string("Category of the item.", { filter: true }),
    itemId: int("Item number.", { filter: true, formerly: "item" }),
    itemName: string("Name of the item.", { filter: true }),
    price: decimal("What was paid.", 2, { filter: true }),
    dayDocument: link("day", { key: "dateId", description: "The day, with its week, month and quarter." }),
    itemDocument: link("item", { key: "itemId", description: "The item." }),
  },
  dimensions: ["soldOn", "dateId", "categoryName", "itemId", "itemName"],
  measures: {
    revenue: sum("price", "Sum of what was paid."),
    lines: count("How many lines were sold."),
    averagePrice: average("revenue", "lines", 2, "Revenue per line, rounded half up."),
  },
  determinedBy: { categoryName: "itemId", itemName: "itemId" },
  rollups: [{ by: ["soldOnMonth", "itemId"], measures: ["revenue", "averagePrice"] }],
});

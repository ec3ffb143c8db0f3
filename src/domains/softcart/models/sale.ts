import { average, count, countDistinct, defineCube, sum } from "../../../models/cube.ts";
import { bigint, date, decimal, int, link } from "../../../models/field.ts";

/** What the tills sold, one fact per sale. */
export const sale = defineCube({
  name: "sale",
  typeName: "Sale",
  description: "Sales of the tills by day, product and customer: group them, add them up.",
  key: "rowId",
  exportName: "fact_sales",
  batch: 999,
  // The day has an index as a date; the others are there to be added up.
  unindexed: ["dateId", "price", "quantity", "totalPrice"],
  fields: {
    rowId: bigint("Number of the sale."),
    dateId: int("Day of the sale as a number: 20260131.", { filter: true }),
    soldOn: date("Day of the sale.", { filter: true }),
    productId: int("Product number.", { filter: true, formerly: "product" }),
    customerId: int("Customer number.", { filter: true, formerly: "customer" }),
    price: decimal("Price of one piece.", 2, { filter: true }),
    quantity: int("Pieces sold.", { filter: true }),
    totalPrice: decimal("Price × quantity.", 2, { filter: true }),
    dayDocument: link("day", { key: "dateId", description: "The day, with its week, month and quarter." }),
    productDocument: link("catalog_entry", {
      key: "productId",
      description: "The product in the catalogue; null when that does not tell its number.",
    }),
  },
  dimensions: ["soldOn", "dateId", "productId", "customerId"],
  measures: {
    revenue: sum("totalPrice", "Sum of price × quantity."),
    units: sum("quantity", "Pieces sold."),
    sales: count("How many sales there are."),
    customers: countDistinct("customerId", "Distinct customers who bought."),
    averageSale: average("revenue", "sales", 2, "Revenue per sale, rounded half up."),
  },
  people: "customers",
});

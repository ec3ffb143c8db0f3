import { average, count, countDistinct, defineCube, sum } from "../../../models/cube.ts";
import { decimal, int, link, string } from "../../../models/field.ts";
import { orderCurrency, orderLinks, orderParties, orderTerms, unindexedTerms } from "./order-terms.ts";
import { dayLinks, toldTimes } from "./told-times.ts";

const money = { requires: ["currencyCode"] } as const;

/** What was sold, one fact per order: the star of sales. */
export const salesOrder = defineCube({
  name: "fact_sales_order",
  typeName: "SalesOrder",
  description: "Sales by day, staff, counterparty, design, place and currency: group them, add them up.",
  key: "salesOrderId",
  batch: 500,
  unindexed: [...unindexedTerms, "createdMonthOfYear", "designName", "unitsSold", "unitPrice", "amount"],
  fields: {
    salesOrderId: int("Number of the order."),
    ...toldTimes,
    createdMonthOfYear: int("Month of the year in which it was made, 1 to 12.", { filter: true }),
    salesStaffId: int("Number of the member of the staff who sold it.", { filter: true }),
    ...orderParties,
    unitsSold: int("Pieces sold.", { filter: true }),
    unitPrice: decimal("Price of one piece.", 2, { filter: true }),
    amount: decimal("Pieces × price.", 2, { filter: true }),
    ...orderCurrency,
    designId: int("Design number.", { filter: true }),
    designName: string("Name of the design.", { filter: true }),
    ...orderTerms,
    ...dayLinks,
    ...orderLinks,
    salesStaff: link("dim_staff", { key: "salesStaffId", description: "Who sold it." }),
    design: link("dim_design", { key: "designId", description: "The design." }),
  },
  dimensions: [
    ...([
      "createdDate",
      "createdMonthOfYear",
      "salesStaffId",
      "staffName",
      "departmentName",
      "office",
    ] as const),
    ...(["counterpartyId", "counterpartyName", "legalCountry", "currencyId", "currencyCode"] as const),
    ...(["designId", "designName", "agreedPaymentDate", "agreedDeliveryDate"] as const),
    ...(["agreedDeliveryLocationId", "deliveryCountry"] as const),
  ],
  measures: {
    orders: count("How many orders there are."),
    units: sum("unitsSold", "Pieces sold."),
    revenue: sum("amount", "Sum of pieces × price, of one currency.", money),
    counterparties: countDistinct("counterpartyId", "Distinct counterparties who bought."),
    averageRevenue: average("revenue", "orders", 2, "Revenue per order, of one currency, rounded half up."),
    prices: sum("unitPrice", "Sum of the prices of one piece, of one currency.", money),
    averagePrice: average(
      "prices",
      "orders",
      2,
      "Price of one piece per order, of one currency, rounded half up.",
    ),
  },
  conversion: { currency: "currencyCode", date: "createdDate", rates: "exchange_rate", scale: 2 },
});

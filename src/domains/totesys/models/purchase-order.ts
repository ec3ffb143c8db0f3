import { average, count, defineCube, sum } from "../../../models/cube.ts";
import { decimal, int, link, string } from "../../../models/field.ts";
import { orderCurrency, orderLinks, orderParties, orderTerms, unindexedTerms } from "./order-terms.ts";
import { dayLinks, toldTimes } from "./told-times.ts";

const money = { requires: ["currencyCode"] } as const;

/** What was bought, one fact per order: the star of purchases. */
export const purchaseOrder = defineCube({
  name: "fact_purchase_order",
  typeName: "PurchaseOrder",
  description: "Purchases by day, staff, counterparty, item, place and currency: group them, add them up.",
  key: "purchaseOrderId",
  batch: 500,
  unindexed: [...unindexedTerms, "itemQuantity", "itemUnitPrice", "amount"],
  fields: {
    purchaseOrderId: int("Number of the order."),
    ...toldTimes,
    staffId: int("Number of the member of the staff who bought it.", { filter: true }),
    ...orderParties,
    itemCode: string("What was bought, by its code.", { filter: true }),
    itemQuantity: int("Pieces bought.", { filter: true }),
    itemUnitPrice: decimal("Price of one piece.", 2, { filter: true }),
    amount: decimal("Pieces × price.", 2, { filter: true }),
    ...orderCurrency,
    ...orderTerms,
    ...dayLinks,
    ...orderLinks,
    staff: link("dim_staff", { key: "staffId", description: "Who bought it." }),
  },
  dimensions: [
    ...(["createdDate", "staffId", "staffName", "departmentName", "office", "counterpartyId"] as const),
    ...(["counterpartyName", "legalCountry", "itemCode", "currencyId", "currencyCode"] as const),
    ...(["agreedPaymentDate", "agreedDeliveryDate", "agreedDeliveryLocationId", "deliveryCountry"] as const),
  ],
  measures: {
    orders: count("How many orders there are."),
    items: sum("itemQuantity", "Pieces bought."),
    cost: sum("amount", "Sum of pieces × price, of one currency.", money),
    averageCost: average("cost", "orders", 2, "Cost per order, of one currency, rounded half up."),
  },
  conversion: { currency: "currencyCode", date: "createdDate", rates: "exchange_rate", scale: 2 },
});

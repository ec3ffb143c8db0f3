import { countDistinct, defineCube, sum } from "../../../models/cube.ts";
import { date, decimal, int, link, string } from "../../../models/field.ts";
import { orderLinks, unindexedTerms } from "./order-terms.ts";
import { dayLinks, toldTimes } from "./told-times.ts";
import * as version from "./version-fields.ts";

const live = { where: { deleted: { eq: false } }, ...version.moneyOfVersions } as const;

/** Every version of every sale: the history of the star of sales. */
export const salesRecord = defineCube({
  name: "sales_order_history",
  typeName: "SalesRecord",
  description: "Every version of every sale, deletions included: what it said, from when and until when.",
  key: "salesRecordId",
  batch: 500,
  unindexed: [
    ...[...version.unindexedVersions, ...unindexedTerms],
    ...(["createdMonthOfYear", "designName", "unitsSold", "unitPrice", "amount"] as const),
    ...(["createdAt", "lastUpdatedAt", "agreedPaymentDate", "agreedDeliveryDate"] as const),
  ],
  fields: {
    salesRecordId: int("Number of the version: later ones of an order have larger numbers."),
    ...version.versionFields,
    salesOrderId: int("Number of the order.", { filter: true }),
    ...toldTimes,
    createdMonthOfYear: int("Month of the year in which it was made, 1 to 12.", { filter: true }),
    salesStaffId: int("Number of the member of the staff who sold it.", { filter: true }),
    ...version.recordParties,
    unitsSold: int("Pieces sold.", { filter: true }),
    unitPrice: decimal("Price of one piece.", 2, { filter: true }),
    amount: decimal("Pieces × price.", 2, { filter: true }),
    ...version.recordCurrency,
    designId: int("Design number.", { filter: true }),
    designName: string("Name of the design.", { nullable: true, filter: true }),
    agreedPaymentDate: date("Day on which it is to be paid.", { filter: true }),
    agreedPaymentDateId: int("That day as a number: 20260131."),
    agreedDeliveryDate: date("Day on which it is to be delivered.", { filter: true }),
    agreedDeliveryDateId: int("That day as a number: 20260131."),
    ...version.recordPlace,
    ...dayLinks,
    ...orderLinks,
    salesStaff: link("dim_staff", { key: "salesStaffId", description: "Who sold it." }),
    design: link("dim_design", { key: "designId", description: "The design." }),
    salesOrder: version.linkToToday("fact_sales_order_current", "salesOrderId"),
  },
  dimensions: [
    ...version.versionDimensions,
    ...(["salesOrderId", "createdDate", "salesStaffId", "staffName", "departmentName", "office"] as const),
    ...(["counterpartyId", "counterpartyName", "legalCountry", "currencyId", "currencyCode"] as const),
    ...(["designId", "designName", "deliveryCountry"] as const),
  ],
  measures: {
    ...version.versionMeasures,
    orders: countDistinct("salesOrderId", "Distinct orders that they are versions of."),
    revenue: sum(
      "amount",
      "Pieces × price of the versions that are no deletions, of one currency; filter to one moment.",
      live,
    ),
  },
});

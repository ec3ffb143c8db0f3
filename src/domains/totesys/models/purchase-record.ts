import { countDistinct, defineCube, sum } from "../../../models/cube.ts";
import { date, decimal, int, link, string } from "../../../models/field.ts";
import { orderLinks, unindexedTerms } from "./order-terms.ts";
import { dayLinks, toldTimes } from "./told-times.ts";
import * as version from "./version-fields.ts";

const live = { where: { deleted: { eq: false } }, ...version.moneyOfVersions } as const;

/** Every version of every purchase: the history of the star of purchases. */
export const purchaseRecord = defineCube({
  name: "purchase_order_history",
  typeName: "PurchaseRecord",
  description: "Every version of every purchase, deletions included: what it said, from when and until when.",
  key: "purchaseRecordId",
  batch: 500,
  unindexed: [
    ...[...version.unindexedVersions, ...unindexedTerms],
    ...(["itemCode", "itemQuantity", "itemUnitPrice", "amount"] as const),
    ...(["createdAt", "lastUpdatedAt", "agreedPaymentDate", "agreedDeliveryDate"] as const),
  ],
  fields: {
    purchaseRecordId: int("Number of the version: later ones of an order have larger numbers."),
    ...version.versionFields,
    purchaseOrderId: int("Number of the order.", { filter: true }),
    ...toldTimes,
    staffId: int("Number of the member of the staff who bought it.", { filter: true }),
    ...version.recordParties,
    itemCode: string("What was bought, by its code.", { filter: true }),
    itemQuantity: int("Pieces bought.", { filter: true }),
    itemUnitPrice: decimal("Price of one piece.", 2, { filter: true }),
    amount: decimal("Pieces × price.", 2, { filter: true }),
    ...version.recordCurrency,
    agreedPaymentDate: date("Day on which it is to be paid.", { filter: true }),
    agreedPaymentDateId: int("That day as a number: 20260131."),
    agreedDeliveryDate: date("Day on which it is to be delivered.", { filter: true }),
    agreedDeliveryDateId: int("That day as a number: 20260131."),
    ...version.recordPlace,
    ...dayLinks,
    ...orderLinks,
    staff: link("dim_staff", { key: "staffId", description: "Who bought it." }),
    purchaseOrder: version.linkToToday("fact_purchase_order_current", "purchaseOrderId"),
  },
  dimensions: [
    ...version.versionDimensions,
    ...(["purchaseOrderId", "createdDate", "staffId", "staffName", "departmentName", "office"] as const),
    ...(["counterpartyId", "counterpartyName", "legalCountry", "currencyId", "currencyCode"] as const),
    ...(["itemCode", "deliveryCountry"] as const),
  ],
  measures: {
    ...version.versionMeasures,
    orders: countDistinct("purchaseOrderId", "Distinct orders that they are versions of."),
    cost: sum(
      "amount",
      "Pieces × price of the versions that are no deletions, of one currency; filter to one moment.",
      live,
    ),
  },
});

import { countDistinct, defineCube, sum } from "../../../models/cube.ts";
import { boolean, date, decimal, int, link } from "../../../models/field.ts";
import { paymentTypeName } from "./payment-type.ts";
import { dayLinks, toldTimes } from "./told-times.ts";
import { transactionType } from "./transaction.ts";
import * as version from "./version-fields.ts";

const gone = { nullable: true, filter: true } as const;
const live = { where: { deleted: { eq: false } }, ...version.moneyOfVersions } as const;

/** Every version of every payment: the history of the star of payments. Account numbers are no part of it. */
export const paymentRecord = defineCube({
  name: "payment_history",
  typeName: "PaymentRecord",
  description: "Every version of every payment, deletions included: what it said, from when and until when.",
  key: "paymentRecordId",
  batch: 500,
  unindexed: [
    ...version.unindexedVersions,
    ...(["createdDate", "counterpartyName", "currencyCode", "paymentTypeName", "transactionType"] as const),
    ...(["paymentAmount", "createdAt", "lastUpdatedAt", "paid", "paymentDate"] as const),
  ],
  fields: {
    paymentRecordId: int("Number of the version: later ones of a payment have larger numbers."),
    ...version.versionFields,
    paymentId: int("Number of the payment.", { filter: true }),
    ...toldTimes,
    transactionId: int("Number of the transaction that it is for.", { filter: true }),
    transactionType: transactionType(gone),
    salesOrderId: int("Number of the sale that it is for; null for a purchase.", gone),
    purchaseOrderId: int("Number of the purchase that it is for; null for a sale.", gone),
    counterpartyId: int("Counterparty number.", { filter: true }),
    counterpartyName: version.recordParties.counterpartyName,
    paymentAmount: decimal("What is paid.", 2, { filter: true }),
    ...version.recordCurrency,
    paymentTypeId: int("Number of the type.", { filter: true }),
    paymentTypeName: paymentTypeName(gone),
    paid: boolean("Whether it had been paid.", { filter: true }),
    paymentDate: date("Day on which it is paid, or is to be.", { filter: true }),
    paymentDateId: int("That day as a number: 20260131."),
    ...dayLinks,
    paymentDay: link("day", {
      key: "paymentDateId",
      description: "The day on which it is paid, or is to be.",
    }),
    transaction: link("dim_transaction", { key: "transactionId", description: "What it is for." }),
    counterparty: link("dim_counterparty", { key: "counterpartyId", description: "The counterparty." }),
    currency: link("dim_currency", { key: "currencyId", description: "The currency." }),
    paymentType: link("dim_payment_type", { key: "paymentTypeId", description: "The type." }),
    payment: version.linkToToday("fact_payment_current", "paymentId"),
  },
  dimensions: [
    ...version.versionDimensions,
    ...(["paymentId", "createdDate", "paymentDate", "transactionType", "counterpartyId"] as const),
    ...(["counterpartyName", "currencyId", "currencyCode", "paymentTypeId", "paymentTypeName"] as const),
  ],
  measures: {
    ...version.versionMeasures,
    payments: countDistinct("paymentId", "Distinct payments that they are versions of."),
    amount: sum(
      "paymentAmount",
      "Sum of the versions that are no deletions, of one currency; filter to one moment.",
      live,
    ),
  },
});

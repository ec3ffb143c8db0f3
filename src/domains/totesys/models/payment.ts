import { count, defineCube, sum } from "../../../models/cube.ts";
import { boolean, date, decimal, int, link, string } from "../../../models/field.ts";
import { orderCurrency } from "./order-terms.ts";
import { paymentTypeName } from "./payment-type.ts";
import { dayLinks, toldTimes } from "./told-times.ts";
import { transactionType } from "./transaction.ts";

const money = { requires: ["currencyCode"] } as const;

/** What is paid or to be paid, one fact per payment. Account numbers are no part of it. */
export const payment = defineCube({
  name: "fact_payment",
  typeName: "Payment",
  description: "Payments by day, counterparty, type and currency: group them, add them up.",
  key: "paymentId",
  batch: 500,
  unindexed: [
    "createdDate",
    "counterpartyName",
    "currencyCode",
    "paymentTypeName",
    "transactionType",
    "paymentAmount",
  ],
  fields: {
    paymentId: int("Number of the payment."),
    ...toldTimes,
    transactionId: int("Number of the transaction that it is for.", { filter: true }),
    transactionType: transactionType({ filter: true }),
    salesOrderId: int("Number of the sale that it is for; null for a purchase.", {
      nullable: true,
      filter: true,
    }),
    purchaseOrderId: int("Number of the purchase that it is for; null for a sale.", {
      nullable: true,
      filter: true,
    }),
    counterpartyId: int("Counterparty number.", { filter: true }),
    counterpartyName: string("Legal name of the counterparty.", { filter: true }),
    paymentAmount: decimal("What is paid.", 2, { filter: true }),
    ...orderCurrency,
    paymentTypeId: int("Number of the type.", { filter: true }),
    paymentTypeName: paymentTypeName({ filter: true }),
    paid: boolean("Whether it has been paid.", { filter: true }),
    paymentDate: date("Day on which it is paid, or is to be.", { filter: true }),
    paymentDateId: int("That day as a number: 20260131."),
    ...dayLinks,
    paymentDay: link("day", {
      key: "paymentDateId",
      description: "The day on which it is paid, or is to be.",
    }),
    transaction: link("dim_transaction", { key: "transactionId", description: "What it is for." }),
    salesOrder: link("fact_sales_order_current", {
      key: "salesOrderId",
      description: "The sale that it is for.",
    }),
    purchaseOrder: link("fact_purchase_order_current", {
      key: "purchaseOrderId",
      description: "The purchase that it is for.",
    }),
    counterparty: link("dim_counterparty", { key: "counterpartyId", description: "The counterparty." }),
    currency: link("dim_currency", { key: "currencyId", description: "The currency." }),
    paymentType: link("dim_payment_type", { key: "paymentTypeId", description: "The type." }),
  },
  dimensions: [
    ...(["createdDate", "paymentDate", "transactionType", "counterpartyId", "counterpartyName"] as const),
    ...(["currencyId", "currencyCode", "paymentTypeId", "paymentTypeName"] as const),
  ],
  measures: {
    payments: count("How many payments there are."),
    amount: sum("paymentAmount", "Sum of what is paid or to be paid, of one currency.", money),
    paidPayments: count("How many have been paid.", { where: { paid: { eq: true } } }),
    paidAmount: sum("paymentAmount", "Sum of what has been paid, of one currency.", {
      ...money,
      where: { paid: { eq: true } },
    }),
    openAmount: sum("paymentAmount", "Sum of what has not been paid yet, of one currency.", {
      ...money,
      where: { paid: { eq: false } },
    }),
  },
  conversion: { currency: "currencyCode", date: "paymentDate", rates: "exchange_rate", scale: 2 },
});

import { date, int, link, string } from "../../../models/field.ts";

/** By whom and with whom an order was made: names beside ids, so that both stores group by them without a look-up. */
export const orderParties = {
  staffName: string("First and last name of the member of the staff.", { filter: true, pii: true }),
  departmentName: string("Name of the department that the order is counted for.", { filter: true }),
  office: string("Where that department is.", { filter: true, nullable: true }),
  counterpartyId: int("Counterparty number.", { filter: true }),
  counterpartyName: string("Legal name of the counterparty.", { filter: true }),
  legalCountry: string("Country of the counterparty's legal address.", { filter: true }),
} as const;

/** In which money. */
export const orderCurrency = {
  currencyId: int("Currency number.", { filter: true }),
  currencyCode: string("Code of the currency: `GBP`.", { filter: true }),
} as const;

/** What was agreed. */
export const orderTerms = {
  agreedPaymentDate: date("Day on which it is to be paid.", { filter: true }),
  agreedPaymentDateId: int("That day as a number: 20260131."),
  agreedDeliveryDate: date("Day on which it is to be delivered.", { filter: true }),
  agreedDeliveryDateId: int("That day as a number: 20260131."),
  agreedDeliveryLocationId: int("Number of the place that it is delivered to.", { filter: true }),
  deliveryCountry: string("Country of that place.", { filter: true }),
} as const;

/** The documents that an order refers to. */
export const orderLinks = {
  counterparty: link("dim_counterparty", { key: "counterpartyId", description: "The counterparty." }),
  currency: link("dim_currency", { key: "currencyId", description: "The currency." }),
  agreedPaymentDay: link("day", {
    key: "agreedPaymentDateId",
    description: "The day on which it is to be paid.",
  }),
  agreedDeliveryDay: link("day", {
    key: "agreedDeliveryDateId",
    description: "The day on which it is to be delivered.",
  }),
  deliveryLocation: link("dim_location", {
    key: "agreedDeliveryLocationId",
    description: "The place that it is delivered to.",
  }),
} as const;

/** Filters whose facts are found by the index of a number or another column beside. */
export const unindexedTerms = [
  "createdDate",
  "staffName",
  "departmentName",
  "office",
  "counterpartyName",
  "legalCountry",
  "currencyCode",
  "deliveryCountry",
] as const;

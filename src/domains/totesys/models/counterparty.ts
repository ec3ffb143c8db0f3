import { int, link, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of orders and payments. */
export const counterparty = defineModel({
  name: "dim_counterparty",
  typeName: "Counterparty",
  description: "A company that is sold to or bought from, with its legal address.",
  key: "counterpartyId",
  fields: {
    counterpartyId: int("Counterparty number."),
    legalName: string("Its legal name.", { filter: true }),
    legalAddressId: int("Number of its legal address.", { filter: true }),
    legalAddressLine1: string("First line of that address."),
    legalAddressLine2: string("Second line of that address.", { nullable: true }),
    legalDistrict: string("District of that address.", { nullable: true }),
    legalCity: string("City of that address.", { filter: true }),
    legalPostalCode: string("Postal code of that address."),
    legalCountry: string("Country of that address.", { filter: true }),
    legalPhone: string("Telephone number of that address.", { pii: true }),
    legalAddress: link("dim_location", { key: "legalAddressId", description: "The address as a place." }),
  },
});

import { int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of orders. */
export const location = defineModel({
  name: "dim_location",
  typeName: "Location",
  description: "A place that orders are delivered to.",
  key: "locationId",
  fields: {
    locationId: int("Number of the address."),
    addressLine1: string("First line of the address."),
    addressLine2: string("Second line of the address.", { nullable: true }),
    district: string("District.", { nullable: true }),
    city: string("City.", { filter: true }),
    postalCode: string("Postal code."),
    country: string("Country.", { filter: true }),
    phone: string("Telephone number.", { pii: true }),
  },
});

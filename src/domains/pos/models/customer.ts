import { int, link, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** How to reach somebody. All of it is personal; the reports of a customer are behind links. */
export const customer = defineModel({
  name: "customers",
  typeName: "Customer",
  description: "A customer: name, address, and how to reach them.",
  key: "customerId",
  fields: {
    customerId: int("Customer number."),
    name: string("First and last name.", { pii: true }),
    firstName: string("First name.", { filter: true, pii: true }),
    lastName: string("Last name.", { filter: true, pii: true }),
    email: string("E-mail address; null when it is not known.", { nullable: true, pii: true }),
    phone: string("Telephone number; null when it is not known.", { nullable: true, pii: true }),
    address1: string("Street and number.", { pii: true }),
    address2: string("What the address says beside: floor, flat; null when nothing.", {
      nullable: true,
      pii: true,
    }),
    city: string("City of the zip.", { filter: true }),
    state: string("Two-letter state of the zip, e.g. `TX`.", { filter: true }),
    zip: string("Five-digit zip, with leading zeros.", { filter: true }),
    orders: link("customer_orders", {
      key: "customerId",
      description: "All of their orders, with the items.",
    }),
    lifetimeValue: link("customer_lifetime_value", {
      key: "customerId",
      description: "What they are worth.",
    }),
    label: link("customer_addresses", { key: "customerId", description: "Name and address as printed." }),
  },
});

import { int, link, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** What goes on an address label. */
export const customerAddresses = defineModel({
  name: "customer_addresses",
  typeName: "CustomerAddresses",
  description: "A customer's name and address as printed on a label.",
  key: "customerId",
  exportName: "cust1",
  fields: {
    customerId: int("Customer number."),
    name: string("First and last name.", { pii: true }),
    printedAddress1: string("Street, then ` #` and the second street line if there is one.", { pii: true }),
    printedAddress2: string("`City, ST   ZZZZZ`.", { pii: true }),
    customer: link("customer_orders", {
      key: "customerId",
      description: "The customer, with all of its orders.",
    }),
  },
});

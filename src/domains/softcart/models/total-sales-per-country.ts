import { decimal, int, link, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/**
 * What the mirror keeps of its view is the materialised total: computed anew from the country's orders, so that it
 * cannot drift as a sum that triggers count up and down, and no two orders of a country wait for each other.
 */
export const totalSalesPerCountry = defineModel({
  name: "total_sales_per_country",
  typeName: "TotalSalesPerCountry",
  description: "What the orders of a country amount to, ready in the mirror.",
  key: "countryId",
  every: "1s",
  batch: 20,
  fields: {
    countryId: int("Country number."),
    name: string("What the country is called.", { filter: true }),
    orders: int("How many orders there are."),
    amount: decimal("Sum of what was paid.", 2, { filter: true }),
    country: link("country", { key: "countryId", description: "The country." }),
  },
});

import { int, link, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of orders. */
export const country = defineModel({
  name: "country",
  typeName: "Country",
  description: "A country that orders come from.",
  key: "countryId",
  exportName: "dim_country",
  fields: {
    countryId: int("Country number."),
    name: string("What it is called; no two are called alike.", { filter: true }),
    totalSales: link("total_sales_per_country", {
      key: "countryId",
      description: "What its orders amount to.",
    }),
  },
});

import { int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of orders and payments. */
export const currency = defineModel({
  name: "dim_currency",
  typeName: "Currency",
  description: "A currency that is traded in.",
  key: "currencyId",
  fields: {
    currencyId: int("Currency number."),
    currencyCode: string("Its code in ISO 4217: `GBP`.", { filter: true }),
    currencyName: string("Its English name.", { filter: true }),
  },
});

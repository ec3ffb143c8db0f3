import { date, decimal, int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** The dated rates by which cubes convert money. */
export const exchangeRate = defineModel({
  name: "exchange_rate",
  typeName: "ExchangeRate",
  description: "What one of a currency is worth in another, from a day on until the next that is known.",
  key: "rateId",
  fields: {
    rateId: int("Number of the rate."),
    currencyFrom: string("Code of the currency that is converted.", { filter: true }),
    currencyTo: string("Code of the currency that it is converted to.", { filter: true }),
    date: date("First day on which it counts.", { filter: true }),
    rate: decimal("How many of the other one is worth.", 8),
  },
});
